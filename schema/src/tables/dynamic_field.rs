//! Dynamic fields and their values.

table!(DynamicFieldValue = "dynamic_field_value" {
    Id "id" Integer required auto key,
    FieldId "field_id" Integer required,
    ObjectId "object_id" BigInt required,
    ValueText "value_text" Varchar(3800),
    ValueDate "value_date" Date,
    ValueInt "value_int" BigInt,
}
index {
    "dynamic_field_value_search_text" (FieldId, ValueText = 150),
    "dynamic_field_value_search_date" (FieldId, ValueDate),
    "dynamic_field_value_search_int" (FieldId, ValueInt),
    "dynamic_field_value_field_values" (ObjectId, FieldId),
}
foreign {
    FieldId => "dynamic_field" "id",
});

table!(DynamicField = "dynamic_field" {
    Id "id" Integer required auto key,
    InternalField "internal_field" SmallInt required default = "0",
    Name "name" Varchar(200) required,
    Label "label" Varchar(200) required,
    FieldOrder "field_order" Integer required,
    FieldType "field_type" Varchar(200) required,
    ObjectType "object_type" Varchar(100) required,
    Config "config" LongBlob,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "dynamic_field_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(DynamicFieldObjIdName = "dynamic_field_obj_id_name" {
    ObjectId "object_id" Integer required auto key,
    ObjectName "object_name" Varchar(200) required,
    ObjectType "object_type" Varchar(100) required,
}
unique {
    "dynamic_field_object_name" (ObjectName, ObjectType),
});
