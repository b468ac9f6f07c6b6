//! Uploads, drafts and stored files.

table!(WebUploadCache = "web_upload_cache" {
    FormId "form_id" Varchar(250),
    Filename "filename" Varchar(250),
    ContentId "content_id" Varchar(250),
    ContentSize "content_size" Varchar(30),
    ContentType "content_type" Varchar(250),
    Disposition "disposition" Varchar(15),
    Content "content" LongBlob required,
    CreateTimeUnix "create_time_unix" BigInt required,
});

table!(XmlStorage = "xml_storage" {
    XmlType "xml_type" Varchar(200) required,
    XmlKey "xml_key" Varchar(250) required,
    XmlContentKey "xml_content_key" Varchar(250) required,
    XmlContentValue "xml_content_value" Varchar(1_000_000),
}
index {
    "xml_storage_key_type" (XmlKey = 10, XmlType = 10),
    "xml_storage_xml_content_key" (XmlContentKey = 100),
});

table!(VirtualFs = "virtual_fs" {
    Id "id" BigInt required auto key,
    Filename "filename" Varchar(350) required,
    Backend "backend" Varchar(60) required,
    BackendKey "backend_key" Varchar(160) required,
    CreateTime "create_time" Date required,
}
index {
    "virtual_fs_filename" (Filename = 255),
    "virtual_fs_backend" (Backend = 60),
});

table!(VirtualFsPreferences = "virtual_fs_preferences" {
    VirtualFsId "virtual_fs_id" BigInt required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" Varchar(350),
}
index {
    "virtual_fs_preferences_virtual_fs_id" (VirtualFsId),
    "virtual_fs_preferences_key_value" (PreferencesKey, PreferencesValue = 150),
}
foreign {
    VirtualFsId => "virtual_fs" "id",
});

table!(VirtualFsDb = "virtual_fs_db" {
    Id "id" BigInt required auto key,
    Filename "filename" Varchar(350) required,
    Content "content" LongBlob,
    CreateTime "create_time" Date required,
}
index {
    "virtual_fs_db_filename" (Filename = 255),
});

table!(FormDraft = "form_draft" {
    Id "id" Integer required auto key,
    ObjectType "object_type" Varchar(100) required,
    ObjectId "object_id" Integer required,
    Action "action" Varchar(200) required,
    Title "title" Varchar(255),
    Content "content" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "form_draft_object_type_object_id_action" (ObjectType, ObjectId, Action),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});
