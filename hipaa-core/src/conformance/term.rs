//! Index terms.

use super::sample::{OTHER_TABLE, TABLE, ladder, uuid};
use super::{Case, Finding, broken, expect};
use crate::index::Term;
use crate::store::Store;

pub(super) const CASES: &[Case] = cases! {
    a_term_names_its_records_ascending_up_to_a_limit
    a_record_keeps_every_one_of_its_terms
    adding_a_term_twice_is_adding_it_once
    a_removed_term_is_gone_and_removing_it_again_is_no_error
    terms_of_different_lengths_are_different_terms
    tables_do_not_share_terms
};

fn term(bytes: &[u8]) -> Result<Term, super::Broken> {
    Term::from_slice(bytes).ok_or_else(|| broken("a term of 1 to 16 bytes"))
}

fn a_term_names_its_records_ascending_up_to_a_limit(store: &mut dyn Store) -> Finding {
    let shared = term(&[5; 8])?;
    expect(store.candidates(&TABLE, shared, 9)?.is_empty(), "no record of a term that was not added")?;
    for record in ladder().into_iter().rev() {
        store.add_term(&TABLE, shared, record)?;
    }
    for limit in [0, 1, 3, 100, usize::MAX] {
        let found = store.candidates(&TABLE, shared, limit)?;
        let expected = ladder().into_iter().take(limit).collect::<Vec<_>>();
        expect(found == expected, "the records of a term, ascending by their bytes, up to the limit")?;
    }
    Ok(())
}

fn a_record_keeps_every_one_of_its_terms(store: &mut dyn Store) -> Finding {
    let terms = (0..200).map(|byte| term(&[byte; 8])).collect::<Result<Vec<_>, _>>()?;
    for term in &terms {
        store.add_term(&TABLE, *term, uuid(1))?;
    }
    for term in terms {
        expect(store.candidates(&TABLE, term, 9)? == [uuid(1)], "a record under every one of its terms")?;
    }
    Ok(())
}

fn adding_a_term_twice_is_adding_it_once(store: &mut dyn Store) -> Finding {
    let shared = term(&[5; 8])?;
    for _ in 0..3 {
        store.add_term(&TABLE, shared, uuid(1))?;
    }
    expect(store.candidates(&TABLE, shared, 9)? == [uuid(1)], "one record for a term that was added thrice")?;
    store.remove_term(&TABLE, shared, uuid(1))?;
    expect(store.candidates(&TABLE, shared, 9)?.is_empty(), "no record after one removal")
}

fn a_removed_term_is_gone_and_removing_it_again_is_no_error(store: &mut dyn Store) -> Finding {
    let (shared, other) = (term(&[5; 8])?, term(&[6; 8])?);
    for (term, record) in [(shared, uuid(1)), (shared, uuid(2)), (other, uuid(1))] {
        store.add_term(&TABLE, term, record)?;
    }
    for _ in 0..2 {
        store.remove_term(&TABLE, shared, uuid(1))?;
        expect(store.candidates(&TABLE, shared, 9)? == [uuid(2)], "the other record of the term and no more")?;
    }
    expect(store.candidates(&TABLE, other, 9)? == [uuid(1)], "the other term of the record")
}

fn terms_of_different_lengths_are_different_terms(store: &mut dyn Store) -> Finding {
    let terms: [&[u8]; 6] = [&[0], &[0, 0], &[5], &[5, 0], &[5; 16], &[0xff; 16]];
    for (bytes, record) in terms.into_iter().zip(1..) {
        store.add_term(&TABLE, term(bytes)?, uuid(record))?;
    }
    for (bytes, record) in terms.into_iter().zip(1..) {
        expect(store.candidates(&TABLE, term(bytes)?, 9)? == [uuid(record)], "the record of exactly this term")?;
    }
    Ok(())
}

fn tables_do_not_share_terms(store: &mut dyn Store) -> Finding {
    let shared = term(&[5; 8])?;
    store.add_term(&TABLE, shared, uuid(1))?;
    expect(store.candidates(&OTHER_TABLE, shared, 9)?.is_empty(), "no record of another table")?;
    store.remove_term(&OTHER_TABLE, shared, uuid(1))?;
    expect(store.candidates(&TABLE, shared, 9)? == [uuid(1)], "the term that another table's removal left")
}
