//! What somebody has chosen so far.

use compat::Value;

/// What a form holds that was not sent yet, or what a request is about to change. `None` for what was left as it is.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub queue: Option<i32>,
    pub kind: Option<i32>,
    pub service: Option<i32>,
    pub sla: Option<i32>,
    pub state: Option<i32>,
    pub priority: Option<i32>,
    pub owner: Option<i32>,
    pub responsible: Option<i32>,
    /// The login of a customer user.
    pub customer_user: Option<String>,
    /// Names and values of dynamic fields. An empty text is no choice, an empty list is one.
    pub dynamic_fields: Vec<(String, Value)>,
    pub process: Process,
}

/// A process under way: its key, and those of its activity and of the dialog that is open.
#[derive(Clone, Debug, Default)]
pub struct Process {
    pub id: Option<String>,
    pub activity: Option<String>,
    pub activity_dialog: Option<String>,
}
