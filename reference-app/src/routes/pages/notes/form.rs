//! The forms of notes. What the role sees masked has no input in any of them, also where the form comes back.

use super::super::super::shared::id;
use super::super::shown::text;
use super::{Field, Notes, Typed};
use crate::clinical::signable::{check_time, row};
use crate::page::{Html, Shell, Viewer, refusal};
use crate::web::{Kind, Problem};
use askama::Template;
use axum::response::{IntoResponse, Response};
use hipaa_core::auth::mask::View;
use hipaa_core::vault::{Record, Row};

/// What is made of the form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    New,
    Edit,
    Amend,
}

struct Input {
    name: &'static str,
    label: &'static str,
    value: String,
    long: bool,
    masked: bool,
}

#[derive(Template)]
#[template(path = "note_form.html")]
struct FormPage {
    shell: Shell,
    title: String,
    action: String,
    back: String,
    version: u64,
    told: Vec<String>,
    inputs: Vec<Input>,
    amends: bool,
}

impl Notes {
    pub(super) async fn form(&'static self, step: Step, viewer: &Viewer, at: &str) -> Result<Response, Problem> {
        let at = id(at)?;
        let record = match step {
            Step::New => None,
            Step::Edit | Step::Amend => Some(viewer.read(self.table, at).await?),
        };
        let version = record.as_ref().map_or(0, Record::version);
        let inputs = self.inputs(viewer, record.as_ref());
        Ok(Html(self.form_page(step, (viewer, &at.to_string()), (version, inputs))).into_response())
    }

    fn form_page(&self, step: Step, (viewer, at): (&Viewer, &str), (version, inputs): (u64, Vec<Input>)) -> FormPage {
        let own = format!("{}/{at}", self.path);
        let (verb, action, back) = match step {
            Step::New => ("New", format!("/patients/{at}{}/new", self.path), format!("/patients/{at}")),
            Step::Edit => ("Edit", format!("{own}/edit"), own),
            Step::Amend => ("Amend", format!("{own}/amend"), own),
        };
        let (title, amends) = (format!("{verb} {}", self.title.to_lowercase()), step == Step::Amend);
        FormPage { shell: viewer.shell("/patients"), title, action, back, version, told: Vec::new(), inputs, amends }
    }

    fn inputs(&self, viewer: &Viewer, record: Option<&Record>) -> Vec<Input> {
        let input = |(column, name, label, long): &Field| {
            let view = viewer.permissions.view(self.table, column.def().label());
            let (value, masked) = record.map(|record| text(record, *column)).unwrap_or_default();
            let masked = masked || view != View::Clear;
            Input { name, label, value, long: *long, masked }
        };
        self.fields.iter().map(input).collect()
    }

    pub(super) fn row(&self, typed: &Typed) -> Result<Row, Problem> {
        let given = |name: &str| typed.get(name).map(String::as_str);
        check_time(given("started").filter(|text| !text.is_empty()))?;
        check_time(given("ended").filter(|text| !text.is_empty()))?;
        let fields = self.fields.iter().map(|(column, name, ..)| (*column, *name, given(name))).collect::<Vec<_>>();
        Ok(row(&fields)?)
    }

    /// The form again, with what was typed and what is wrong with it.
    pub(super) fn again(
        &self,
        step: Step,
        (viewer, at): (&Viewer, &str),
        typed: &Typed,
        problem: Problem,
    ) -> Result<Response, Problem> {
        let told = match problem.kind() {
            Kind::Stale => "Somebody changed it while you were typing. Nothing was saved; go back and read it again.",
            Kind::Invalid => "A field does not have the form it needs: times are YYYY-MM-DD, or with time and offset.",
            _ => return Err(problem),
        };
        let retyped = |input: Input| match typed.get(input.name).filter(|_| !input.masked) {
            Some(value) => Input { value: value.clone(), ..input },
            None => input,
        };
        let inputs = self.inputs(viewer, None).into_iter().map(retyped).collect();
        let page = self.form_page(step, (viewer, at), (version(typed), inputs));
        Ok(refusal(problem.kind().status(), FormPage { told: vec![told.to_owned()], ..page }))
    }
}

/// The version that was read; none is older than every record.
pub(super) fn version(typed: &Typed) -> u64 {
    typed.get("version").and_then(|version| version.parse().ok()).unwrap_or_default()
}
