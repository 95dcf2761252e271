//! Many look-ups at once: which record has which value.

use super::find::Candidate;
use super::{MAX_PAGE, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName};
use crate::index::IndexError;
use crate::schema::{Index, Parts, RecordId, Table};
use crate::seal::SealError;
use crate::unit::{Held, Unit};

impl TenantVault {
    /// For each of up to 500 values the record that has it; none where no record has it, or several, or one that was
    /// altered, and for a value that cannot be indexed. One entry names the index and every record of the answer.
    ///
    /// # Errors
    /// [`VaultError::Denied`]; [`VaultError::TooMany`] for more than 500 values; [`IndexError::NotDeclared`];
    /// [`IndexError::NotBuilt`]; or the unit's.
    pub fn resolve<'a, P, V: Parts<'a, P>>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        index: Index<P>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Held<Vec<Option<RecordId>>>, VaultError> {
        let (mut found, mut answer) = (Vec::new(), Vec::new());
        for value in values {
            if answer.len() == MAX_PAGE {
                return Err(VaultError::TooMany);
            }
            let record = self.holder_of(unit, table, (index, value))?;
            answer.push(record.as_ref().map(Record::id));
            found.extend(record);
        }
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let event = self.event(EventName::PHI_SEARCH, Action::Execute).index(index.def().label()).count(count);
        self.note_seen(unit, event, table, &found)?;
        let intact = |id: &RecordId| found.iter().any(|record| record.id() == *id && record.integrity().is_intact());
        let answer = answer.into_iter().map(|id| id.filter(intact)).collect();
        Ok(unit.hold(answer))
    }

    /// The one record that has a value.
    fn holder_of<'a, P>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (index, value): (Index<P>, impl Parts<'a, P>),
    ) -> Result<Option<Record>, VaultError> {
        let search = match self.probe(unit, table, index.def(), value) {
            Err(VaultError::Seal(SealError::Index(error @ (IndexError::NotDeclared | IndexError::NotBuilt)))) => {
                return Err(error.into());
            }
            // Nothing has a value that cannot be indexed, and of too many none is the one.
            Err(VaultError::Seal(_) | VaultError::TooMany) => return Ok(None),
            search => search?,
        };
        let (mut matches, mut altered) = (Vec::new(), Vec::new());
        for (candidate, term) in &search.candidates {
            let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), *candidate)?;
            let Some(row) = row else {
                altered.extend(self.is_missing(state).then_some(*candidate));
                continue;
            };
            match self.weigh(unit, table, (&search, *term), (&row, state))? {
                Candidate::Match(record) => matches.push(record),
                Candidate::FalsePositive => {}
                Candidate::Altered => altered.push(*candidate),
            }
        }
        if !altered.is_empty() {
            self.refuse_altered(unit, table, &altered);
        }
        Ok(if matches.len() == 1 { matches.pop() } else { None })
    }
}
