//! Emergency access over HTTP: taken, used, ended, reviewed; and what a thief makes of it.

use super::client::{Browser, Reply};
use super::scene::{PASSWORD, Scene};
use serde_json::{Value, json};
use std::time::Duration;

const WHY: &str = "unconscious, allergies unknown";
const MINUTE: Duration = Duration::from_secs(60);

/// A desk clerk, who sees little of two patients; a privacy officer; and who admitted the patients.
struct Ward {
    scene: Scene,
    clerk: Browser,
    officer: Browser,
    ids: [String; 2],
}

fn admit(browser: &mut Browser, mrn: &str) -> String {
    let body = json!({ "family": "Roe", "given": ["Ann"], "birth_date": "1980-02-29", "ssn": format!("536-90-43{mrn}"), "mrn": [mrn] });
    let place = browser.post("/api/patients", &body).is(201).header("location").unwrap().to_owned();
    let note = json!({ "started": "2026-11-20", "chief_complaint": "chest pain" });
    browser.post(&format!("{place}/encounters"), &note).is(201);
    place.rsplit('/').next().unwrap().to_owned()
}

impl Ward {
    fn new() -> Self {
        let scene = Scene::new();
        for (login, role) in [("maria", "CLINICIAN"), ("sam", "STAFF"), ("pia", "PRIVACY_OFFICER")] {
            scene.user(login, role);
        }
        let mut maria = scene.signed_in("maria");
        let ids = [admit(&mut maria, "98"), admit(&mut maria, "99")];
        let (clerk, officer) = (scene.signed_in("sam"), scene.signed_in("pia"));
        Self { scene, clerk, officer, ids }
    }

    fn open(&mut self) -> Reply {
        let body = json!({ "patient": self.ids[0], "code": "life-threatening", "text": WHY });
        self.clerk.post("/api/emergency", &body)
    }

    fn grant(&mut self) -> String {
        self.open().is(201).json()["id"].as_str().unwrap().to_owned()
    }

    fn chart(&mut self, grant: &str, patient: usize) -> Reply {
        self.clerk.get(&format!("/api/emergency/{grant}/patients/{}/chart", self.ids[patient]))
    }

    fn last(&self) -> String {
        self.scene.trail(1).remove(0)
    }

    fn queue(&mut self) -> Value {
        self.officer.get("/api/emergency/reviews").is(200).json()
    }

    /// Time passes, and whoever sits there does something now and then.
    fn pass(&mut self, minutes: u32) {
        for _ in 0..minutes / 10 {
            self.scene.wait(MINUTE * 10);
            self.clerk.get("/api/account/sessions").is(200);
            self.officer.get("/api/account/sessions").is(200);
        }
        self.scene.wait(MINUTE * (minutes % 10));
    }
}

fn judge(browser: &mut Browser, grant: &str) -> Reply {
    let body = json!({ "verdict": "justified", "text": "seen in the ward book" });
    browser.post(&format!("/api/emergency/{grant}/review"), &body)
}

#[test]
fn a_grant_opens_one_chart_unmasked_until_it_is_ended_and_every_entry_names_it() {
    let mut ward = Ward::new();
    let masked = ward.clerk.get(&format!("/api/patients/{}", ward.ids[0])).is(200).json();
    assert_eq!(masked["ssn"], "***-**-4398");
    let opened = ward.open().is(201).json();
    assert_eq!((&opened["patient"], &opened["code"]), (&json!(ward.ids[0]), &json!("life-threatening")));
    let grant = opened["id"].as_str().unwrap().to_owned();
    assert_eq!(ward.clerk.get("/api/emergency").is(200).json()["grants"], json!([opened]));
    let chart = ward.chart(&grant, 0).is(200).json();
    assert_eq!(chart["patient"]["ssn"], "536-90-4398");
    assert_eq!(chart["encounters"][0]["chief_complaint"], "chest pain");
    let about = ward.officer.post("/api/audit/search", &json!({ "patient": ward.ids[0] })).is(200);
    let named =
        about.json()["entries"].as_array().unwrap().iter().filter(|entry| entry["grant"] == grant.as_str()).count();
    assert!(named >= 2, "started and read: {about:?}");
    ward.clerk.send("DELETE", &format!("/api/emergency/{grant}"), None).is(204);
    assert_eq!(ward.last(), "EMERGENCY_ACCESS_ENDED");
    assert_eq!(ward.chart(&grant, 0).is(403).problem(), "denied");
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    assert_eq!(ward.clerk.get("/api/emergency").is(200).json()["grants"], json!([]));
    ward.clerk.send("DELETE", &format!("/api/emergency/{grant}"), None).is(204);
}

#[test]
fn a_grant_shows_no_other_patient_and_serves_nobody_else() {
    let mut ward = Ward::new();
    let grant = ward.grant();
    assert!(!ward.chart(&grant, 1).is(403).body.contains("536-90"));
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    ward.scene.user("otto", "STAFF");
    let path = format!("/api/emergency/{grant}/patients/{}/chart", ward.ids[0]);
    let mut otto = ward.scene.signed_in("otto");
    otto.get(&path).is(403);
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    // Nor does another one end it: the answer tells nothing, and it goes on.
    otto.send("DELETE", &format!("/api/emergency/{grant}"), None).is(204);
    ward.chart(&grant, 0).is(200);
    ward.chart(&"0".repeat(32), 0).is(403);
    ward.chart("nothing", 0).is(404);
    // Outside of it the role is what it was.
    let masked = ward.clerk.get(&format!("/api/patients/{}", ward.ids[0])).is(200).json();
    assert_eq!(masked["ssn"], "***-**-4398");
    ward.scene.browser().get(&path).is(401);
}

#[test]
fn a_grant_ends_after_sixty_minutes() {
    let mut ward = Ward::new();
    let grant = ward.grant();
    ward.pass(59);
    ward.chart(&grant, 0).is(200);
    ward.pass(1);
    assert_eq!(ward.chart(&grant, 0).is(403).problem(), "denied");
    assert_eq!(ward.clerk.get("/api/emergency").is(200).json()["grants"], json!([]));
}

#[test]
fn without_a_step_up_there_is_no_grant() {
    let mut ward = Ward::new();
    ward.pass(6);
    assert_eq!(ward.open().is(403).problem(), "step-up-needed");
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    assert_eq!(ward.queue()["reviews"], json!([]));
    ward.clerk.post("/api/account/step-up", &json!({ "password": PASSWORD })).is(200);
    ward.open().is(201);
    assert_eq!(ward.queue()["reviews"].as_array().unwrap().len(), 1);
}

#[test]
fn who_may_not_and_who_gives_no_reason_gets_no_grant() {
    let mut ward = Ward::new();
    let body = json!({ "patient": ward.ids[0], "code": "other", "text": WHY });
    ward.officer.post("/api/emergency", &body).is(403);
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    for (field, value) in [("text", "because"), ("code", "curiosity"), ("patient", "Ann Roe")] {
        let mut wrong = body.clone();
        wrong[field] = json!(value);
        let refused = ward.clerk.post("/api/emergency", &wrong).is(422);
        assert_eq!(refused.json()["errors"][0]["field"], field);
        assert!(!refused.body.contains(value), "{refused:?}");
    }
    assert_eq!(ward.queue()["reviews"], json!([]));
}

#[test]
fn somebody_else_reviews_once() {
    let mut ward = Ward::new();
    let grant = ward.grant();
    judge(&mut ward.clerk, &grant).is(403);
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    ward.clerk.get("/api/emergency/reviews").is(403);
    let queue = ward.queue();
    assert_eq!((&queue["reviews"][0]["text"], &queue["overdue"]), (&json!(WHY), &json!(0)));
    let wrong = json!({ "verdict": "fine", "text": "seen in the ward book" });
    ward.officer.post(&format!("/api/emergency/{grant}/review"), &wrong).is(422);
    judge(&mut ward.officer, &grant).is(204);
    assert_eq!(ward.last(), "EMERGENCY_ACCESS_REVIEWED");
    assert_eq!(ward.queue()["reviews"], json!([]));
    judge(&mut ward.officer, &grant).is(404);
}

#[test]
fn reviews_come_by_pages_each_of_them_once() {
    let mut ward = Ward::new();
    let mut grants = [ward.grant(), ward.grant(), ward.grant()];
    let (mut found, mut path) = (Vec::new(), "/api/emergency/reviews?limit=2".to_owned());
    for count in [2, 1] {
        let page = ward.officer.get(&path).is(200).json();
        let reviews = page["reviews"].as_array().unwrap();
        assert_eq!(reviews.len(), count);
        found.extend(reviews.iter().map(|review| review["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/emergency/reviews?limit=2&after={next}"),
            None => assert_eq!(found.len(), 3),
        }
    }
    found.sort();
    grants.sort();
    assert_eq!(found, grants);
    ward.officer.get("/api/emergency/reviews?after=nowhere").is(422);
    ward.officer.get("/api/emergency/reviews?limit=100000").is(422);
}

/// By default no role both takes and reviews; whoever was given the other role since does not review what was taken before.
#[test]
fn nobody_reviews_what_they_took_themselves() {
    let mut ward = Ward::new();
    let grant = ward.grant();
    let (identity, tenant) = (ward.scene.app.gate.identity.clone(), ward.scene.tenant);
    let user = hipaa_core::schema::RecordId::parse(ward.queue()["reviews"][0]["user"].as_str().unwrap()).unwrap();
    let user = hipaa_core::schema::UserId::from_bytes(user.as_bytes().try_into().unwrap());
    let actor = hipaa_core::audit::Actor::new(tenant, "admin", "ORG_ADMIN").unwrap();
    let promote = ward.scene.app.gate.bridge.write(move |unit| {
        Ok::<_, hipaa_sqlite::Error>(identity.change_role(unit, &actor, user, "PRIVACY_OFFICER")?)
    });
    ward.scene.block(promote).unwrap().into_inner();
    let mut sam = ward.scene.signed_in("sam");
    assert_eq!(sam.get("/api/emergency/reviews").is(200).json()["reviews"].as_array().unwrap().len(), 1);
    assert_eq!(judge(&mut sam, &grant).is(403).problem(), "denied");
    assert_eq!(ward.last(), "PERMISSION_DENIED");
    judge(&mut ward.officer, &grant).is(204);
}

#[test]
fn a_review_that_nobody_made_in_time_is_overdue_and_still_to_be_made() {
    let mut ward = Ward::new();
    let grant = ward.grant();
    ward.scene.wait(MINUTE * 60 * 73);
    ward.officer = ward.scene.signed_in("pia");
    let queue = ward.queue();
    assert_eq!((&queue["overdue"], &queue["reviews"][0]["overdue"]), (&json!(1), &json!(true)));
    judge(&mut ward.officer, &grant).is(204);
    assert_eq!(ward.queue()["overdue"], 0);
}
