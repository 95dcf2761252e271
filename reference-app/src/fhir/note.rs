//! The text of a FHIR `DocumentReference`.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use zeroize::Zeroizing;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The texts of all attachments that are text, with a blank line between. What is no UTF-8 stays in the source alone.
#[must_use]
pub fn text(document: &Value) -> Option<Zeroizing<String>> {
    let contents = document["content"].as_array()?.iter();
    let texts = contents.filter_map(|content| attachment(&content["attachment"])).collect::<Vec<_>>();
    let joined = texts.iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n\n");
    (!texts.is_empty()).then(|| Zeroizing::new(joined))
}

fn attachment(attachment: &Value) -> Option<Zeroizing<String>> {
    if !attachment["contentType"].as_str().unwrap_or("text/plain").starts_with("text/") {
        return None;
    }
    let encoded = Zeroizing::new(attachment["data"].as_str()?.replace(char::is_whitespace, ""));
    let decoded = Zeroizing::new(BASE64.decode(encoded.as_bytes()).ok()?);
    core::str::from_utf8(&decoded).ok().map(|text| Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_decoded_and_anything_else_is_left_alone() {
        let content = |kind: &str, data: &str| json!({ "attachment": { "contentType": kind, "data": data } });
        let plain = content("text/plain; charset=utf-8", "SsO8cmdlbg==");
        let broken = content("text/plain", "SsO8c\nmdlbg");
        let (image, bytes) = (content("image/png", "SsO8cmdlbg=="), content("text/plain", "//8="));
        let both = json!({ "content": [plain, image, bytes, broken] });
        assert_eq!(text(&both).unwrap().as_str(), "Jürgen\n\nJürgen");
        assert!(text(&json!({ "content": [image, bytes] })).is_none());
        assert!(text(&json!({})).is_none());
    }
}
