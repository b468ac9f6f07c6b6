//! Customer users and companies.

table!(CustomerUser = "customer_user" {
    Id "id" Integer required auto key,
    Login "login" Varchar(200) required,
    Email "email" Varchar(150) required,
    CustomerId "customer_id" Varchar(150) required,
    Pw "pw" Varchar(128),
    Title "title" Varchar(50),
    FirstName "first_name" Varchar(100) required,
    LastName "last_name" Varchar(100) required,
    Phone "phone" Varchar(150),
    Fax "fax" Varchar(150),
    Mobile "mobile" Varchar(150),
    Street "street" Varchar(150),
    Zip "zip" Varchar(200),
    City "city" Varchar(200),
    Country "country" Varchar(200),
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "customer_user_login" (Login),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(CustomerPreferences = "customer_preferences" {
    UserId "user_id" Varchar(250) required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" Varchar(250),
}
index {
    "customer_preferences_user_id" (UserId),
});

table!(CustomerCompany = "customer_company" {
    CustomerId "customer_id" Varchar(150) required key,
    Name "name" Varchar(200) required,
    Street "street" Varchar(200),
    Zip "zip" Varchar(200),
    City "city" Varchar(200),
    Country "country" Varchar(200),
    Url "url" Varchar(200),
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "customer_company_name" (Name),
});

table!(CustomerUserCustomer = "customer_user_customer" {
    UserId "user_id" Varchar(100) required,
    CustomerId "customer_id" Varchar(150) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "customer_user_customer_user_id" (UserId),
    "customer_user_customer_customer_id" (CustomerId),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});
