//! The parameters `DynamicField` and `Attachment`.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use compat::{Value, charset};

use super::{Desk, Part, Stop, failure, invalid, missing};
use crate::{
    dynamic_field::{self, Definition, ObjectType},
    ticket::article::{NewAttachment, content_type},
};

/// Fields with the values that they get, in the request's order.
pub(super) async fn fields(
    desk: &mut Desk<'_>,
    fields: &[&Value],
) -> Result<Vec<(Definition, Value)>, Stop> {
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let known =
        dynamic_field::definitions(desk.tx, &[ObjectType::Ticket, ObjectType::Article]).await?;
    let mut checked = Vec::with_capacity(fields.len());
    for field in fields {
        if field.as_map().is_none_or(compat::Map::is_empty) {
            return Err(failure(
                "TicketCreate: Ticket->DynamicField parameter is invalid!",
            ));
        }
        let name = Part(field)
            .text("Name")
            .ok_or_else(|| missing("DynamicField->Name  parameter is missing!"))?;
        let value = match field.get("Value") {
            None | Some(Value::Undef | Value::Map(_)) => {
                return Err(missing("DynamicField->Value  parameter is missing!"));
            }
            Some(value) => value,
        };
        let definition = known
            .get(&name)
            .ok_or_else(|| invalid("DynamicField->Name parameter is invalid!"))?;
        if !definition.takes(value, desk.now) {
            return Err(invalid("DynamicField->Value parameter is invalid!"));
        }
        checked.push((definition.clone(), value.clone()));
    }
    Ok(checked)
}

pub(super) fn attachments(attachments: &[&Value]) -> Result<Vec<NewAttachment>, Stop> {
    let mut checked = Vec::with_capacity(attachments.len());
    for attachment in attachments {
        if attachment.as_map().is_none_or(compat::Map::is_empty) {
            return Err(failure(
                "TicketCreate: Ticket->Attachment parameter is invalid!",
            ));
        }
        let part = Part(attachment);
        let needed = |name: &str| {
            part.text(name)
                .filter(|text| !text.is_empty() && !part.is_structure(name))
                .ok_or_else(|| missing(format!("Attachment->{name}  parameter is missing!")))
        };
        let content = needed("Content")?;
        let content_type = needed("ContentType")?;
        let filename = needed("Filename")?;
        let set = content_type::charset(&content_type);
        if content_type::mime_type(&content_type).is_empty()
            || (!set.is_empty() && !charset::is_known(&set))
        {
            return Err(invalid("Attachment->ContentType is invalid!"));
        }
        checked.push(NewAttachment {
            filename,
            content_type,
            content: decoded(&content),
            content_id: part.given("ContentID"),
            alternative: None,
            disposition: part.given("Disposition"),
        });
    }
    Ok(checked)
}

/// What is base64 in a text, as far as it goes; other characters do not count.
fn decoded(text: &str) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    let mut letters: Vec<u8> = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    // A single letter at the end is not even one byte.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    engine.decode(&letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_read_as_far_as_they_go() {
        for (text, expected) in [
            ("YWJj", "abc"),
            ("YW\nJj ", "abc"),
            ("YQ==", "a"),
            ("YQ", "a"),
            ("%%%", ""),
            ("0", ""),
        ] {
            assert_eq!(decoded(text), expected.as_bytes(), "{text}");
        }
    }
}
