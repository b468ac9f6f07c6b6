//! The parameter `Attachment`.

use compat::{Map, Value, charset, lenient_base64};

use super::{Operation, Part, Stop};
use crate::ticket::article::{NewAttachment, content_type};

/// Files with their contents, in the request's order.
pub fn attachments(
    operation: Operation,
    attachments: &[&Value],
) -> Result<Vec<NewAttachment>, Stop> {
    attachments
        .iter()
        .map(|given| attachment(operation, given))
        .collect()
}

fn attachment(operation: Operation, given: &Value) -> Result<NewAttachment, Stop> {
    if given.as_map().is_none_or(Map::is_empty) {
        return Err(operation.not_a_hash("Attachment"));
    }
    let part = Part(given);
    let needed = |name: &str| {
        part.text(name)
            .filter(|text| !text.is_empty() && !part.is_structure(name))
            .ok_or_else(|| operation.part_missing(&format!("Attachment->{name}")))
    };
    let content = needed("Content")?;
    let content_type = needed("ContentType")?;
    let filename = needed("Filename")?;
    let set = content_type::charset(&content_type);
    if content_type::mime_type(&content_type).is_empty()
        || (!set.is_empty() && !charset::is_known(&set))
    {
        return Err(operation.invalid("Attachment->ContentType is invalid!"));
    }
    Ok(NewAttachment {
        filename,
        content_type,
        content: lenient_base64::decode(&content),
        content_id: part.given("ContentID").map(bracketed),
        alternative: part.given("ContentAlternative"),
        disposition: part.given("Disposition"),
    })
}

/// `<id>` for `id`; a single letter stays as it is, as in the reference.
fn bracketed(id: String) -> String {
    if id.starts_with('<') || id.ends_with('>') || id.chars().count() < 2 {
        id
    } else {
        format!("<{id}>")
    }
}
