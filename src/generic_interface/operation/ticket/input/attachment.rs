//! The parameter `Attachment`.

use compat::{Map, Value, charset, lenient_base64};

use super::{Operation, Part, Stop};
use crate::ticket::article::{NewAttachment, content_type};

/// Files with their contents, in the request's order; their types in small letters, as the reference keeps them.
pub fn attachments(
    operation: Operation,
    attachments: &[&Value],
) -> Result<Vec<NewAttachment>, Stop> {
    attachments
        .iter()
        .map(|given| attachment(operation, given))
        .collect()
}

/// Whether each file is a hash with something in it, which is looked at before anything else.
pub fn check_shapes(operation: Operation, attachments: &[&Value]) -> Result<(), Stop> {
    let has_nothing = |given: &&Value| given.as_map().is_none_or(Map::is_empty);
    if attachments.iter().any(has_nothing) {
        return Err(operation.not_a_hash("Attachment"));
    }
    Ok(())
}

fn attachment(operation: Operation, given: &Value) -> Result<NewAttachment, Stop> {
    check_shapes(operation, &[given])?;
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
        content_type: content_type.to_lowercase(),
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
