//! Brookside itself: groups, queues, roles, agents, customers, dynamic fields. What is there already is left as it is.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use schema::{
    Cell, Rows, Tx,
    tables::{self as t, TableDef},
};
use sea_query::{Alias, Expr, Func, Query, SimpleExpr, Value};

use crate::{
    FillError, Plan,
    texts::{Company, Organisation, Right, Texts},
    world::{Agent, Customer, Keys, World},
};

/// The first administrator, whom every row is made by.
const ADMINISTRATOR: i32 = 1;
const VALID: i32 = 1;
/// A web service over REST, see `texts/webservice.yml`.
pub(crate) const WEB_SERVICE: &str = "Brookside";
const INVALID: i32 = 2;

/// Makes what is missing, and gathers everything that tickets refer to.
pub(crate) async fn ensure(tx: &mut Tx, plan: &Plan) -> Result<World, FillError> {
    let texts = Texts::read()?;
    let mut maker = Maker { tx, now: plan.from };
    let groups = maker.groups(&texts.organisation).await?;
    let queues = maker.queues(&texts.organisation, &groups).await?;
    let roles = maker.roles(&texts.organisation, &groups).await?;
    let agents = maker
        .agents(&texts.organisation, plan, &groups, &roles)
        .await?;
    let customers = maker.customers(&texts.organisation, plan).await?;
    let fields = maker.dynamic_fields().await?;
    let types = maker.ticket_types().await?;
    maker.web_service().await?;
    Ok(World {
        texts,
        agents,
        customers,
        queues,
        states: Keys::read(tx, &t::TicketState::DEFINITION, &STATES).await?,
        priorities: Keys::read(
            tx,
            &t::TicketPriority::DEFINITION,
            &["2 low", "3 normal", "4 high"],
        )
        .await?,
        types,
        locks: Keys::read(tx, &t::TicketLockType::DEFINITION, &["lock", "unlock"]).await?,
        senders: Keys::read(
            tx,
            &t::ArticleSenderType::DEFINITION,
            &["agent", "customer"],
        )
        .await?,
        channels: Keys::read(
            tx,
            &t::CommunicationChannel::DEFINITION,
            &["Email", "Phone", "Internal"],
        )
        .await?,
        history: Keys::read(tx, &t::TicketHistoryType::DEFINITION, &HISTORY).await?,
        fields,
        last_ticket: highest(tx, &t::Ticket::DEFINITION).await?,
        last_article: highest(tx, &t::Article::DEFINITION).await?,
    })
}

const STATES: [&str; 9] = [
    "new",
    "open",
    "closed successful",
    "closed unsuccessful",
    "merged",
    "removed",
    "pending reminder",
    "pending auto close+",
    "pending auto close-",
];

const HISTORY: [&str; 17] = [
    "NewTicket",
    "CustomerUpdate",
    "EmailCustomer",
    "WebRequestCustomer",
    "PhoneCallCustomer",
    "PhoneCallAgent",
    "FollowUp",
    "SendAnswer",
    "AddNote",
    "TimeAccounting",
    "OwnerUpdate",
    "Lock",
    "Unlock",
    "Misc",
    "Move",
    "StateUpdate",
    "SetPendingTime",
];

async fn highest(tx: &mut Tx, table: &TableDef) -> Result<i64, FillError> {
    let select = Query::select()
        .expr(Func::max(Expr::col(Alias::new("id"))))
        .from(Alias::new(table.name))
        .to_owned();
    let (highest,): (Option<i64>,) = tx.fetch_one(&select).await?;
    Ok(highest.unwrap_or(0))
}

struct Maker<'a> {
    tx: &'a mut Tx,
    now: NaiveDateTime,
}

type Cells<'a> = Vec<(&'a str, SimpleExpr)>;

impl Maker<'_> {
    /// Inserts a row; the columns for who and when are added.
    async fn insert(&mut self, table: &TableDef, cells: Cells<'_>) -> Result<i64, FillError> {
        let statement = self.statement(table, cells);
        Ok(self.tx.insert(&statement).await?)
    }

    /// Inserts a row into a table without key.
    async fn relate(&mut self, table: &TableDef, cells: Cells<'_>) -> Result<(), FillError> {
        let statement = self.statement(table, cells);
        self.tx.execute(&statement).await?;
        Ok(())
    }

    fn statement(&self, table: &TableDef, mut cells: Cells<'_>) -> sea_query::InsertStatement {
        for column in ["create_time", "change_time"] {
            if table.column(column).is_some() {
                cells.push((column, Expr::value(self.now)));
            }
        }
        for column in ["create_by", "change_by"] {
            if table.column(column).is_some() {
                cells.push((column, Expr::value(ADMINISTRATOR)));
            }
        }
        Query::insert()
            .into_table(Alias::new(table.name))
            .columns(cells.iter().map(|(column, _)| Alias::new(*column)))
            .values_panic(cells.into_iter().map(|(_, value)| value))
            .to_owned()
    }

    async fn groups(&mut self, organisation: &Organisation) -> Result<Keys, FillError> {
        let table = &t::PermissionGroups::DEFINITION;
        let mut groups = Keys::read(self.tx, table, &["users"]).await?;
        for group in &organisation.groups {
            if groups.has(&group.name) {
                continue;
            }
            let cells = vec![
                ("name", Expr::value(group.name.as_str())),
                ("valid_id", Expr::value(VALID)),
            ];
            let id = self.insert(table, cells).await?;
            groups.add(&group.name, id);
            // The first administrator sees everything.
            self.right("user_id", ADMINISTRATOR.into(), id, "rw")
                .await?;
        }
        Ok(groups)
    }

    /// Gives an agent (`user_id`) or a role (`role_id`) a permission on a group.
    async fn right(&mut self, of: &str, id: i64, group: i64, key: &str) -> Result<(), FillError> {
        let mut cells = vec![
            (of, Expr::value(id)),
            ("group_id", Expr::value(group)),
            ("permission_key", Expr::value(key)),
        ];
        if of == "user_id" {
            self.relate(&t::GroupUser::DEFINITION, cells).await
        } else {
            cells.push(("permission_value", Expr::value(1)));
            self.relate(&t::GroupRole::DEFINITION, cells).await
        }
    }

    async fn rights(
        &mut self,
        of: &str,
        id: i64,
        rights: &[Right],
        groups: &Keys,
    ) -> Result<(), FillError> {
        for right in rights {
            for key in &right.keys {
                self.right(of, id, groups.get(&right.group)?, key).await?;
            }
        }
        Ok(())
    }

    async fn queues(
        &mut self,
        organisation: &Organisation,
        groups: &Keys,
    ) -> Result<Keys, FillError> {
        let table = &t::Queue::DEFINITION;
        let mut queues = Keys::read(self.tx, table, &["Raw"]).await?;
        for queue in &organisation.queues {
            if queues.has(&queue.name) {
                continue;
            }
            let mut cells = vec![
                ("name", Expr::value(queue.name.as_str())),
                ("group_id", Expr::value(groups.get(&queue.group)?)),
                ("unlock_timeout", Expr::value(0)),
                ("follow_up_lock", Expr::value(0)),
                ("valid_id", Expr::value(VALID)),
            ];
            // The first address, salutation and signature, and "follow-ups are possible".
            let first = [
                "system_address_id",
                "salutation_id",
                "signature_id",
                "follow_up_id",
            ];
            cells.extend(first.map(|column| (column, Expr::value(1))));
            let id = self.insert(table, cells).await?;
            queues.add(&queue.name, id);
        }
        Ok(queues)
    }

    async fn roles(
        &mut self,
        organisation: &Organisation,
        groups: &Keys,
    ) -> Result<Keys, FillError> {
        let table = &t::Roles::DEFINITION;
        let mut roles = Keys::read(self.tx, table, &[]).await?;
        for role in &organisation.roles {
            if roles.has(&role.name) {
                continue;
            }
            let cells = vec![
                ("name", Expr::value(role.name.as_str())),
                ("valid_id", Expr::value(VALID)),
            ];
            let id = self.insert(table, cells).await?;
            roles.add(&role.name, id);
            self.rights("role_id", id, &role.rights, groups).await?;
        }
        Ok(roles)
    }

    async fn agents(
        &mut self,
        organisation: &Organisation,
        plan: &Plan,
        groups: &Keys,
        roles: &Keys,
    ) -> Result<Vec<Agent>, FillError> {
        let select = Query::select()
            .columns([t::Users::Id, t::Users::Login])
            .from(t::Users::Table)
            .to_owned();
        let there: Vec<(i32, String)> = self.tx.fetch_all(&select).await?;
        let mut agents = Vec::new();
        for agent in wanted_agents(organisation, plan) {
            let known = there.iter().find(|(_, login)| *login == agent.login);
            let id = if let Some((id, _)) = known {
                i64::from(*id)
            } else {
                self.agent(&agent, plan, groups, roles).await?
            };
            if !agent.left {
                agents.push(Agent {
                    id,
                    named: !agent.login.starts_with("agent"),
                    groups: groups_with_rw(&agent.rights),
                    login: agent.login,
                    first: agent.first,
                    last: agent.last,
                });
            }
        }
        Ok(agents)
    }

    async fn agent(
        &mut self,
        agent: &crate::texts::Agent,
        plan: &Plan,
        groups: &Keys,
        roles: &Keys,
    ) -> Result<i64, FillError> {
        let valid = if agent.left { INVALID } else { VALID };
        let cells = vec![
            ("login", Expr::value(agent.login.as_str())),
            ("pw", Expr::value(plan.password_hash.as_str())),
            ("first_name", Expr::value(agent.first.as_str())),
            ("last_name", Expr::value(agent.last.as_str())),
            ("valid_id", Expr::value(valid)),
        ];
        let id = self.insert(&t::Users::DEFINITION, cells).await?;
        self.mail_address(id, &agent.login).await?;
        self.rights("user_id", id, &agent.rights, groups).await?;
        for role in &agent.roles {
            let cells = vec![
                ("user_id", Expr::value(id)),
                ("role_id", Expr::value(roles.get(role)?)),
            ];
            self.relate(&t::RoleUser::DEFINITION, cells).await?;
        }
        Ok(id)
    }

    async fn mail_address(&mut self, agent: i64, login: &str) -> Result<(), FillError> {
        let address = self.tx.long_text(&format!("{login}@brookside.example"));
        let cells = vec![
            ("user_id", Expr::value(agent)),
            ("preferences_key", Expr::value("UserEmail")),
            ("preferences_value", Expr::value(address)),
        ];
        self.relate(&t::UserPreferences::DEFINITION, cells).await
    }

    async fn customers(
        &mut self,
        organisation: &Organisation,
        plan: &Plan,
    ) -> Result<Vec<Customer>, FillError> {
        let select = Query::select()
            .column(t::CustomerUser::Login)
            .from(t::CustomerUser::Table)
            .to_owned();
        let logins: Vec<(String,)> = self.tx.fetch_all(&select).await?;
        let logins: HashSet<String> = logins.into_iter().map(|(login,)| login).collect();
        let select = Query::select()
            .column(t::CustomerCompany::CustomerId)
            .from(t::CustomerCompany::Table)
            .to_owned();
        let companies: Vec<(String,)> = self.tx.fetch_all(&select).await?;
        let mut companies: HashSet<String> = companies.into_iter().map(|(id,)| id).collect();

        let dialect = self.tx.dialect();
        let mut company_rows =
            Rows::new(dialect, &t::CustomerCompany::DEFINITION, &COMPANY_COLUMNS);
        let mut user_rows = Rows::new(dialect, &t::CustomerUser::DEFINITION, &CUSTOMER_COLUMNS);
        let (who, valid) = (Cell::Int(ADMINISTRATOR.into()), Cell::Int(VALID.into()));
        let when = Cell::Time(self.now);
        let customers = wanted_customers(organisation, plan);
        for (customer, city) in &customers {
            let (company, name) = (
                Cell::Text(&customer.company_id),
                Cell::Text(&customer.company),
            );
            if companies.insert(customer.company_id.clone()) {
                company_rows.push(&[company, name, Cell::Text(city), valid, when, who, when, who]);
            }
            if !logins.contains(&customer.login) {
                user_rows.push(&[
                    Cell::Text(&customer.login),
                    Cell::Text(&customer.mail),
                    company,
                    Cell::Text(&plan.password_hash),
                    Cell::Text(&customer.first),
                    Cell::Text(&customer.last),
                    Cell::Text(city),
                    valid,
                    when,
                    who,
                    when,
                    who,
                ]);
            }
        }
        self.tx.write(company_rows).await?;
        self.tx.write(user_rows).await?;
        Ok(customers
            .into_iter()
            .map(|(customer, _)| customer)
            .collect())
    }

    async fn dynamic_fields(&mut self) -> Result<Keys, FillError> {
        let table = &t::DynamicField::DEFINITION;
        let mut fields = Keys::read(self.tx, table, &[]).await?;
        for (order, (name, label, kind, config)) in (100..).zip(FIELDS) {
            if fields.has(name) {
                continue;
            }
            let config: Value = self.tx.long_text(config);
            let cells = vec![
                ("internal_field", Expr::value(0)),
                ("name", Expr::value(name)),
                ("label", Expr::value(label)),
                ("field_order", Expr::value(order)),
                ("field_type", Expr::value(kind)),
                ("object_type", Expr::value("Ticket")),
                ("config", Expr::value(config)),
                ("valid_id", Expr::value(VALID)),
            ];
            let id = self.insert(table, cells).await?;
            fields.add(name, id);
        }
        Ok(fields)
    }

    async fn web_service(&mut self) -> Result<(), FillError> {
        let table = &t::GiWebserviceConfig::DEFINITION;
        if Keys::read(self.tx, table, &[]).await?.has(WEB_SERVICE) {
            return Ok(());
        }
        let config = self.tx.long_text(include_str!("../texts/webservice.yml"));
        let cells = vec![
            ("name", Expr::value(WEB_SERVICE)),
            ("config", Expr::value(config)),
            ("valid_id", Expr::value(VALID)),
        ];
        self.insert(table, cells).await?;
        Ok(())
    }

    async fn ticket_types(&mut self) -> Result<Keys, FillError> {
        let table = &t::TicketType::DEFINITION;
        let mut types = Keys::read(self.tx, table, &["Unclassified"]).await?;
        if !types.has("Request") {
            let cells = vec![
                ("name", Expr::value("Request")),
                ("valid_id", Expr::value(VALID)),
            ];
            let id = self.insert(table, cells).await?;
            types.add("Request", id);
        }
        Ok(types)
    }
}

const COMPANY_COLUMNS: [&str; 8] = [
    "customer_id",
    "name",
    "city",
    "valid_id",
    "create_time",
    "create_by",
    "change_time",
    "change_by",
];

const CUSTOMER_COLUMNS: [&str; 12] = [
    "login",
    "email",
    "customer_id",
    "pw",
    "first_name",
    "last_name",
    "city",
    "valid_id",
    "create_time",
    "create_by",
    "change_time",
    "change_by",
];

/// Name, label, type and configuration of the dynamic fields of tickets; the YAML is laid out as the reference system does.
const FIELDS: [(&str, &str, &str, &str); 3] = [
    (
        "SerialNumber",
        "Serial number",
        "Text",
        "---\nDefaultValue: ''\nLink: ''\n",
    ),
    (
        "Category",
        "Category",
        "Dropdown",
        "---\nDefaultValue: ''\nLink: ''\nPossibleNone: '1'\nPossibleValues:\n  account: Account\n  \
         delivery: Delivery\n  installation: Installation\n  internal: Internal\n  invoice: Invoice\n  \
         leave: Leave\n  network: Network\n  return: Return\n  sensor: Sensor\n  software: Software\n\
         TranslatableValues: '0'\nTreeView: '0'\n",
    ),
    (
        "VisitDate",
        "Date of the visit",
        "Date",
        "---\nDateRestriction: none\nDefaultValue: 0\nLink: ''\nYearsInFuture: 5\nYearsInPast: 5\n\
         YearsPeriod: 0\n",
    ),
];

fn groups_with_rw(rights: &[Right]) -> Vec<String> {
    rights
        .iter()
        .filter(|right| right.keys.iter().any(|key| key == "rw"))
        .map(|right| right.group.clone())
        .collect()
}

fn wanted_agents(organisation: &Organisation, plan: &Plan) -> Vec<crate::texts::Agent> {
    let named = organisation.agents.iter().cloned();
    let english = &organisation.names["en"];
    let groups = ["support", "orders", "billing"];
    let further = (0..usize::from(plan.further_agents)).map(|number| crate::texts::Agent {
        login: format!("agent{:02}", number + 1),
        first: english.first[number % english.first.len()].clone(),
        last: english.last[number * 7 % english.last.len()].clone(),
        rights: vec![Right {
            group: groups[number % groups.len()].to_owned(),
            keys: vec!["rw".to_owned()],
        }],
        roles: Vec::new(),
        left: false,
    });
    named.chain(further).collect()
}

/// Everybody with the city of the company.
fn wanted_customers(organisation: &Organisation, plan: &Plan) -> Vec<(Customer, String)> {
    let named = organisation.companies.iter().flat_map(named_customers);
    let further = (0..plan.further_customers).map(|number| further_customer(organisation, number));
    named.chain(further).collect()
}

fn named_customers(company: &Company) -> impl Iterator<Item = (Customer, String)> {
    company.users.iter().map(|[login, first, last]| {
        let customer = Customer {
            login: login.clone(),
            first: first.clone(),
            last: last.clone(),
            mail: format!("{login}@{}.example", company.id),
            company_id: company.id.clone(),
            company: company.name.clone(),
            language: company.language.clone(),
            own_staff: company.own_staff,
            named: true,
        };
        (customer, company.city.clone())
    })
}

/// One of five people in a company whose number follows from theirs.
fn further_customer(organisation: &Organisation, number: u32) -> (Customer, String) {
    let company = number / 5;
    let languages: Vec<_> = organisation.names.iter().collect();
    let (language, names) = languages[company as usize % languages.len()];
    let (person, place) = (number as usize, company as usize);
    let id = format!("c{:05}", company + 1);
    let customer = Customer {
        login: format!("customer{:06}", number + 1),
        first: names.first[person % names.first.len()].clone(),
        last: names.last[(person / names.first.len() + person * 3) % names.last.len()].clone(),
        mail: format!("person{}@{id}.example", number + 1),
        company: format!(
            "{} & {} {}",
            names.last[place % names.last.len()],
            names.last[(place / names.last.len() + 5) % names.last.len()],
            company + 1
        ),
        company_id: id,
        language: language.clone(),
        own_staff: false,
        named: false,
    };
    (
        customer,
        organisation.places[place % organisation.places.len()].clone(),
    )
}
