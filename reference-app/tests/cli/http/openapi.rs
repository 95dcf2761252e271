//! The description of the API: generated from the code, committed, and the same as what is served.

use super::crawl::golden;
use super::scene::Scene;
use reference_app::routes::openapi;

#[test]
fn the_description_is_as_committed_and_as_served() {
    let text = openapi().to_pretty_json().unwrap();
    let scene = Scene::new();
    let served = scene.browser().get("/api/openapi.json").is(200).json();
    assert_eq!(served, serde_json::from_str::<serde_json::Value>(&text).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    golden("openapi.json", &format!("{text}\n"));
}

#[test]
fn the_page_of_problems_names_every_kind_with_its_status() {
    let page = include_str!("../../../../docs/reference/problems.md");
    for kind in reference_app::web::Kind::ALL {
        let name = kind.slug().trim_start_matches("/problems/");
        let row = format!("| `{name}` | {} |", kind.status().as_u16());
        assert!(page.contains(&row), "{row}");
    }
}
