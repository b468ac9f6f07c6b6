//! What a job does to a ticket, in the reference system's order.

use chrono_tz::Tz;

use super::{Job, JobError, fields};
use crate::{
    directory::UserId,
    notification::{
        placeholder::{Facts, Person, Reader},
        subject,
        text::{self, Template},
    },
    ticket::{
        Ticket,
        article::{self, NewArticle},
        change::{self, Customer},
        delete::{self, Deleted},
        time_accounting::SpokenUnits,
        work::Work,
    },
};

/// Keys of actions, each with what it sets.
const KNOWN: [&str; 25] = [
    "NewQueueID",
    "NewNoteFrom",
    "NewNoteSubject",
    "NewNoteBody",
    "NewNoteIsVisibleForCustomer",
    "NewNoteTimeUnits",
    "NewStateID",
    "NewPendingTime",
    "NewPendingTimeType",
    "NewCustomerID",
    "NewCustomerUserLogin",
    "NewTitle",
    "NewTypeID",
    "NewServiceID",
    "NewSLAID",
    "NewPriorityID",
    "NewOwnerID",
    "NewResponsibleID",
    "NewLockID",
    "NewArchiveFlag",
    "NewSendNoNotification",
    "NewDelete",
    "NewModule",
    "NewCMD",
    "NewScript",
];

/// Who a note is from when the job does not say.
const FROM: &str = "GenericAgent";

/// What a job does.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    queue: Option<i32>,
    state: Option<i32>,
    /// Seconds from now.
    pending: Option<i64>,
    kind: Option<i32>,
    service: Option<i32>,
    sla: Option<i32>,
    priority: Option<i32>,
    owner: Option<i32>,
    responsible: Option<i32>,
    lock: Option<i32>,
    deletes: bool,
    /// Nobody gets a notification of what the job does.
    pub tells_nobody: bool,
}

impl Actions {
    /// Errors: an action that is not known, or that would run programs or modules of the Perl system.
    pub fn of(job: &Job) -> Result<Self, JobError> {
        for key in job.values.keys().filter(|key| job.text(key).is_some()) {
            let is_parameter = key.starts_with("NewParamKey") || key.starts_with("NewParamValue");
            if key.starts_with("New") && !is_parameter && !KNOWN.contains(&key.as_str()) {
                return Err(job.refused(format!("`{key}` is nothing that a job does here")));
            }
        }
        if let Some(module) = job.text("NewModule") {
            return Err(job.refused(format!("there is no module `{module}` here")));
        }
        if let Some(command) = job.text("NewCMD").or(job.text("NewScript")) {
            return Err(job.refused(format!("programs are not run here: `{command}`")));
        }
        let number = |key: &str| match job.text(key).map(str::parse) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(job.refused(format!("`{key}` is a number"))),
        };
        let amount = number("NewPendingTime")?.map(i64::from);
        let unit = number("NewPendingTimeType")?.map_or(60, i64::from);
        Ok(Self {
            queue: number("NewQueueID")?,
            state: number("NewStateID")?,
            pending: amount.and_then(|amount| amount.checked_mul(unit)),
            kind: number("NewTypeID")?,
            service: number("NewServiceID")?,
            sla: number("NewSLAID")?,
            priority: number("NewPriorityID")?,
            owner: number("NewOwnerID")?,
            responsible: number("NewResponsibleID")?,
            lock: number("NewLockID")?,
            deletes: job.is_on("NewDelete"),
            tells_nobody: job.is_on("NewSendNoNotification"),
        })
    }

    /// Does it. What is left of a deleted ticket is for the caller, after the commit.
    pub(super) async fn apply(
        &self,
        job: &Job,
        work: &mut Work<'_>,
        ticket: &mut Ticket,
    ) -> Result<Option<Deleted>, JobError> {
        if let Some(queue) = self.queue {
            change::queue(work, ticket, queue).await?;
        }
        note(job, work, ticket).await?;
        self.state(work, ticket).await?;
        let customer = Customer {
            id: job.text("NewCustomerID").map(str::to_owned),
            user: job.text("NewCustomerUserLogin").map(str::to_owned),
        };
        if customer != Customer::default() {
            // What the job does not say stays, and the history names both.
            let customer = Customer {
                id: customer.id.or_else(|| ticket.customer_id.clone()),
                user: customer.user.or_else(|| ticket.customer_user_id.clone()),
            };
            change::customer(work, ticket, customer).await?;
        }
        if let Some(title) = job.text("NewTitle") {
            change::title(work, ticket, title).await?;
        }
        if let Some(kind) = self.kind {
            change::kind(work, ticket, kind).await?;
        }
        if self.service.is_some() {
            change::service(work, ticket, self.service).await?;
        }
        if self.sla.is_some() {
            change::sla(work, ticket, self.sla).await?;
        }
        if let Some(priority) = self.priority {
            change::priority(work, ticket, priority).await?;
        }
        if let Some(owner) = self.owner {
            change::owner(work, ticket, UserId(owner)).await?;
        }
        if let Some(responsible) = self.responsible {
            change::responsible(work, ticket, UserId(responsible)).await?;
        }
        if let Some(lock) = self.lock {
            change::lock(work, ticket, lock).await?;
        }
        fields::set(job, work, ticket).await?;
        match job.text("NewArchiveFlag") {
            Some("y") => change::archive(work, ticket).await?,
            Some("n") => change::restore(work, ticket).await?,
            _ => {}
        }
        if self.deletes {
            return Ok(Some(delete::delete(work, ticket).await?));
        }
        Ok(None)
    }

    async fn state(&self, work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), JobError> {
        if let Some(state) = self.state {
            change::state(work, ticket, state).await?;
        }
        let until = self
            .pending
            .filter(|_| ticket.state_type.starts_with("pending"));
        if let Some(seconds) = until {
            let until = work.stamp.at.and_utc().timestamp().saturating_add(seconds);
            let until = i32::try_from(until).unwrap_or(i32::MAX);
            change::pending_time(work, ticket, until).await?;
        }
        Ok(())
    }
}

/// Writes the job's note, with the tags of its texts filled in; nothing without a text.
async fn note(job: &Job, work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), JobError> {
    let Some(body) = job.text("NewNoteBody") else {
        return Ok(());
    };
    work.flush_rows().await?;
    let facts = Facts::load(&mut work.tx, work.app, ticket, UserId::SYSTEM).await?;
    let nobody = Person::default();
    let reader = Reader {
        language: "en",
        zone: Tz::UTC,
        recipient: &nobody,
    };
    let filled = text::fill(
        &work.settings,
        &facts,
        &reader,
        Template {
            subject: job.text("NewNoteSubject").unwrap_or_default(),
            text: body,
            content_type: "text/plain",
        },
    );
    let new = NewArticle {
        from: job.text("NewNoteFrom").unwrap_or(FROM).to_owned(),
        subject: subject::with_number(&work.settings, ticket, &filled.subject),
        content_type: filled.content_type().to_owned(),
        body: filled.body,
        visible_for_customer: job.is_on("NewNoteIsVisibleForCustomer"),
        time_units: job.text("NewNoteTimeUnits").and_then(SpokenUnits::read),
        history_comment: "Generic Agent note added.".to_owned(),
        ..NewArticle::default()
    };
    article::create(work, ticket, new).await?;
    Ok(())
}
