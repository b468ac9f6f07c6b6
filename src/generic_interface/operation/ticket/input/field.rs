//! The parameter `DynamicField`.

use compat::{Map, Value};

use super::{Desk, Part, Stop};
use crate::dynamic_field::{self, Definition, ObjectType};

/// A field with the value that it gets.
pub type Filled = (Definition, Value);

/// Fields with the values that they get, in the request's order.
pub async fn fields(desk: &mut Desk<'_>, fields: &[&Value]) -> Result<Vec<Filled>, Stop> {
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let operation = desk.operation;
    let known =
        dynamic_field::definitions(desk.tx, &[ObjectType::Ticket, ObjectType::Article]).await?;
    let mut checked = Vec::with_capacity(fields.len());
    for field in fields {
        if field.as_map().is_none_or(Map::is_empty) {
            return Err(operation.not_a_hash("DynamicField"));
        }
        let name = Part(field)
            .text("Name")
            .ok_or_else(|| operation.part_missing("DynamicField->Name"))?;
        let value = match field.get("Value") {
            None | Some(Value::Undef | Value::Map(_)) => {
                return Err(operation.part_missing("DynamicField->Value"));
            }
            Some(value) => value,
        };
        let definition = known
            .get(&name)
            .ok_or_else(|| operation.invalid("DynamicField->Name parameter is invalid!"))?;
        if !definition.takes(value, desk.now) {
            return Err(operation.invalid("DynamicField->Value parameter is invalid!"));
        }
        checked.push((definition.clone(), trimmed(value)));
    }
    Ok(checked)
}

/// Those that belong to this kind of object, as they are written.
pub fn of(fields: &[Filled], object: ObjectType) -> Vec<(&Definition, &Value)> {
    fields
        .iter()
        .filter(|(field, _)| field.object_type == object)
        .map(|(field, value)| (field, value))
        .collect()
}

/// Texts count without the spaces around them.
fn trimmed(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::text(text.trim()),
        other => other.clone(),
    }
}
