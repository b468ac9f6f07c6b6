-- Who exists in the reference database, and where tickets may lie. The password of everybody is lab-pw
-- (sha256 in hex, except lab-create, whose entry is md5-crypt).
SET @n := '2026-01-02 08:00:00';
INSERT INTO permission_groups (id,name,comments,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'lab-ops','',1,@n,1,@n,1),(12,'lab-sales','',1,@n,1,@n,1),(13,'lab-secret','',1,@n,1,@n,1),(14,'lab-gone','',2,@n,1,@n,1),
 (15,'timeaccounting_webservice','',1,@n,1,@n,1);
INSERT INTO users (id,login,pw,title,first_name,last_name,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'lab-full','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','Dr.','Frida','Full',1,@n,1,@n,1),
 (12,'lab-ro','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Rolf','Readonly',1,@n,1,@n,1),
 (13,'lab-none','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Nora','Nothing',1,@n,1,@n,1),
 (14,'lab-create','$1$labsalt$I6d3MnnK7z1U364bDJPeK.','','Curt','Create',1,@n,1,@n,1),
 (15,'lab-role','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Rolle','Röllchen',1,@n,1,@n,1),
 (16,'lab-invalid','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Ina','Invalid',2,@n,1,@n,1),
 (17,'lab-tz','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Tessa','Timezone',1,@n,1,@n,1),
 (18,'lab-ümlaut','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Ümit','O''Malley',1,@n,1,@n,1),
 (19,'lab-both','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Bo','Both',1,@n,1,@n,1),
 (20,'lab-owner','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Olga','Owner',1,@n,1,@n,1);
INSERT INTO user_preferences (user_id,preferences_key,preferences_value) VALUES
 (11,'UserEmail','frida@lab.example'),(12,'UserEmail','rolf@lab.example'),(13,'UserEmail','nora@lab.example'),
 (14,'UserEmail','curt@lab.example'),(15,'UserEmail','rolle@lab.example'),(16,'UserEmail','ina@lab.example'),
 (17,'UserEmail','tessa@lab.example'),(18,'UserEmail','uemit@lab.example'),(19,'UserEmail','bo@lab.example'),
 (20,'UserEmail','olga@lab.example'),
 (17,'UserTimeZone','Europe/Berlin'),(17,'UserLanguage','de'),(11,'UserMobile','+49 30 000001'),
 (11,'OutOfOffice','1'),(11,'OutOfOfficeStartYear','2026'),(11,'OutOfOfficeStartMonth','1'),(11,'OutOfOfficeStartDay','1'),
 (11,'OutOfOfficeEndYear','2026'),(11,'OutOfOfficeEndMonth','2'),(11,'OutOfOfficeEndDay','1');
INSERT INTO group_user (user_id,group_id,permission_key,create_time,create_by,change_time,change_by) VALUES
 (11,1,'rw',@n,1,@n,1),(11,11,'rw',@n,1,@n,1),(11,12,'rw',@n,1,@n,1),
 (12,11,'ro',@n,1,@n,1),(12,14,'rw',@n,1,@n,1),
 (14,11,'create',@n,1,@n,1),(14,12,'ro',@n,1,@n,1),
 (16,11,'rw',@n,1,@n,1),(17,11,'rw',@n,1,@n,1),(17,13,'rw',@n,1,@n,1),(18,12,'ro',@n,1,@n,1),
 (19,12,'rw',@n,1,@n,1),(20,11,'owner',@n,1,@n,1),(20,11,'move_into',@n,1,@n,1),(20,11,'note',@n,1,@n,1),
 (11,15,'rw',@n,1,@n,1),(12,15,'ro',@n,1,@n,1),(18,15,'create',@n,1,@n,1),
 (1,11,'rw',@n,1,@n,1),(1,12,'rw',@n,1,@n,1),(1,13,'rw',@n,1,@n,1);
INSERT INTO roles (id,name,comments,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'lab-readers','',1,@n,1,@n,1),(12,'lab-gone-role','',2,@n,1,@n,1);
INSERT INTO role_user (user_id,role_id,create_time,create_by,change_time,change_by) VALUES (15,11,@n,1,@n,1),(13,12,@n,1,@n,1),(19,11,@n,1,@n,1);
INSERT INTO group_role (role_id,group_id,permission_key,permission_value,create_time,create_by,change_time,change_by) VALUES
 (11,12,'ro',1,@n,1,@n,1),(11,13,'ro',0,@n,1,@n,1),(11,11,'ro',1,@n,1,@n,1),(12,13,'rw',1,@n,1,@n,1),(11,15,'rw',1,@n,1,@n,1);
INSERT INTO queue (id,name,group_id,unlock_timeout,first_response_time,first_response_notify,update_time,update_notify,solution_time,solution_notify,
  system_address_id,calendar_name,default_sign_key,salutation_id,signature_id,follow_up_id,follow_up_lock,comments,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'Ops',11,0,60,80,120,80,240,80,1,'','',1,1,1,0,'',1,@n,1,@n,1),
 (12,'Ops::Night',11,30,0,0,0,0,2880,50,1,'1','',1,1,1,1,'',1,@n,1,@n,1),
 (13,'Sales',12,0,0,0,0,0,0,0,1,'','',1,1,2,0,'',1,@n,1,@n,1),
 (14,'Secret',13,0,0,0,0,0,0,0,1,'','',1,1,3,0,'',1,@n,1,@n,1),
 (15,'Sales::Übersee & Co',12,0,0,0,0,0,0,0,1,'','',1,1,1,0,'',1,@n,1,@n,1),
 (16,'Closed down',12,0,0,0,0,0,0,0,1,'','',1,1,1,0,'',2,@n,1,@n,1);
INSERT INTO ticket_type (id,name,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'Incident',1,@n,1,@n,1),(12,'Problem::Größer',1,@n,1,@n,1),(13,'Retired',2,@n,1,@n,1);
INSERT INTO service (id,name,valid_id,comments,create_time,create_by,change_time,change_by) VALUES
 (11,'Mail',1,'',@n,1,@n,1),(12,'Mail::IMAP',1,'',@n,1,@n,1),(13,'Web',1,'',@n,1,@n,1),(14,'Fax',2,'',@n,1,@n,1);
INSERT INTO sla (id,name,calendar_name,first_response_time,first_response_notify,update_time,update_notify,solution_time,solution_notify,valid_id,comments,create_time,create_by,change_time,change_by) VALUES
 (11,'Gold','',30,80,60,80,90,80,1,'',@n,1,@n,1),(12,'Silver','2',0,0,0,0,600,60,1,'',@n,1,@n,1);
INSERT INTO service_sla (service_id,sla_id) VALUES (11,11),(11,12),(12,11),(13,12);
INSERT INTO customer_company (customer_id,name,street,zip,city,country,url,comments,valid_id,create_time,create_by,change_time,change_by) VALUES
 ('acme','Acme & Söhne','Straße 1','10115','Berlin','Germany','http://acme.example','',1,@n,1,@n,1),
 ('globex','Globex','','','','United States','','',1,@n,1,@n,1),
 ('old_co','Old Company','','','','','','',2,@n,1,@n,1);
INSERT INTO customer_user (id,login,email,customer_id,pw,title,first_name,last_name,phone,fax,mobile,street,zip,city,country,comments,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,'alice','alice@acme.example','acme','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','Ms','Alice','Abel','+49 30 1','','','','','Berlin','Germany','',1,@n,1,@n,1),
 (12,'bob','bob@acme.example','acme','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Bob','Bäcker','','','','','','','','',1,@n,1,@n,1),
 (13,'carol','carol@globex.example','globex','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Carol','Cole','','','','','','','','',1,@n,1,@n,1),
 (14,'dave','dave@old.example','old_co','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Dave','Dorn','','','','','','','','',1,@n,1,@n,1),
 (15,'erin','erin@acme.example','acme','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Erin','Expired','','','','','','','','',2,@n,1,@n,1),
 (16,'zoë','zoe@globex.example','globex','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Zoë','Zürcher','','','','','','','','',1,@n,1,@n,1),
 (17,'lab-both','both@globex.example','globex','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Bo','Customer','','','','','','','','',1,@n,1,@n,1),
 (18,'grace','grace@nowhere.example','nowhere','1f0299358382a5f012671ccaa170430e7fc53af7beab43141047c6d94bc773da','','Grace','Groupless','','','','','','','','',1,@n,1,@n,1);
INSERT INTO customer_preferences (user_id,preferences_key,preferences_value) VALUES ('alice','UserLanguage','de'),('alice','UserTimeZone','America/New_York'),('bob','UserRefreshTime','5');
INSERT INTO customer_user_customer (user_id,customer_id,create_time,create_by,change_time,change_by) VALUES ('zoë','acme',@n,1,@n,1);
INSERT INTO group_customer_user (user_id,group_id,permission_key,permission_value,create_time,create_by,change_time,change_by) VALUES
 ('alice',11,'rw',1,@n,1,@n,1),('bob',11,'ro',1,@n,1,@n,1),('carol',12,'rw',1,@n,1,@n,1),('dave',11,'ro',0,@n,1,@n,1),('lab-both',12,'ro',1,@n,1,@n,1);
INSERT INTO group_customer (customer_id,group_id,permission_key,permission_value,permission_context,create_time,create_by,change_time,change_by) VALUES
 ('globex',11,'ro',1,'Permission::Group::Default',@n,1,@n,1),('acme',12,'ro',1,'Permission::Group::Default',@n,1,@n,1);
INSERT INTO service_customer_user (customer_user_login,service_id,create_time,create_by) VALUES
 ('alice',11,@n,1),('alice',12,@n,1),('alice',13,@n,1),('bob',11,@n,1),('<DEFAULT>',11,@n,1),('carol',13,@n,1);
INSERT INTO dynamic_field (id,internal_field,name,label,field_order,field_type,object_type,config,valid_id,create_time,create_by,change_time,change_by) VALUES
 (11,0,'LabText','Text',11,'Text','Ticket','---\nDefaultValue: \'\'\nLink: \'\'\nRegExList: []\n',1,@n,1,@n,1),
 (12,0,'LabArea','Area',12,'TextArea','Ticket','---\nCols: \'\'\nDefaultValue: \'\'\nRegExList: []\nRows: \'\'\n',1,@n,1,@n,1),
 (13,0,'LabCheck','Check',13,'Checkbox','Ticket','---\nDefaultValue: 0\n',1,@n,1,@n,1),
 (14,0,'LabDate','Date',14,'Date','Ticket','---\nDateRestriction: \'\'\nDefaultValue: 0\nLink: \'\'\nYearsInFuture: \'5\'\nYearsInPast: \'5\'\nYearsPeriod: \'0\'\n',1,@n,1,@n,1),
 (15,0,'LabDateTime','DateTime',15,'DateTime','Ticket','---\nDateRestriction: \'\'\nDefaultValue: 0\nLink: \'\'\nYearsInFuture: \'5\'\nYearsInPast: \'5\'\nYearsPeriod: \'0\'\n',1,@n,1,@n,1),
 (16,0,'LabDrop','Drop',16,'Dropdown','Ticket','---\nDefaultValue: \'\'\nLink: \'\'\nPossibleNone: \'1\'\nPossibleValues:\n  a: Alpha\n  b: Beta\n  ü: Über\nTranslatableValues: \'0\'\nTreeView: \'0\'\n',1,@n,1,@n,1),
 (17,0,'LabMulti','Multi',17,'Multiselect','Ticket','---\nDefaultValue: \'\'\nPossibleNone: \'0\'\nPossibleValues:\n  a: Alpha\n  b: Beta\n  c: Gamma\nTranslatableValues: \'0\'\nTreeView: \'0\'\n',1,@n,1,@n,1),
 (18,0,'LabArticleText','ArticleText',18,'Text','Article','---\nDefaultValue: \'\'\nLink: \'\'\nRegExList: []\n',1,@n,1,@n,1),
 (19,0,'LabGone','Gone',19,'Text','Ticket','---\nDefaultValue: \'\'\n',2,@n,1,@n,1),
 (20,0,'LabArticleMulti','ArticleMulti',20,'Multiselect','Article','---\nDefaultValue: \'\'\nPossibleNone: \'0\'\nPossibleValues:\n  x: X-ray\n  y: Yankee\nTranslatableValues: \'0\'\nTreeView: \'0\'\n',1,@n,1,@n,1);
