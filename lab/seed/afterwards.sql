-- What no console command and no web service does: watchers, flags, links, a merge, the archive, an escalation;
-- then times that do not depend on when this ran.
SET @n := '2026-01-02 08:00:00';
INSERT INTO ticket_watcher (ticket_id,user_id,create_time,create_by,change_time,change_by) VALUES (2,11,@n,1,@n,1),(3,11,@n,1,@n,1),(2,1,@n,1,@n,1);
REPLACE INTO ticket_flag (ticket_id,ticket_key,ticket_value,create_time,create_by) VALUES
 (2,'Seen','1',@n,11),(3,'Seen','1',@n,11),(2,'Important','yes',@n,1),(5,'Important','no',@n,1),(2,'Seen','1',@n,12);
INSERT INTO link_object (id,name) SELECT 11,'LabObject' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM link_object);
INSERT INTO link_object (name) SELECT 'Ticket' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM link_object WHERE name='Ticket');
INSERT INTO link_relation (source_object_id,source_key,target_object_id,target_key,type_id,state_id,create_time,create_by)
 SELECT o.id,'2',o.id,'3',1,1,@n,1 FROM link_object o WHERE o.name='Ticket';
INSERT INTO link_relation (source_object_id,source_key,target_object_id,target_key,type_id,state_id,create_time,create_by)
 SELECT o.id,'5',o.id,'2',2,1,@n,1 FROM link_object o WHERE o.name='Ticket';
-- 20 merged into 18, 22 removed, 24 and 26 archived
UPDATE ticket SET ticket_state_id=9 WHERE id=20;
UPDATE ticket SET ticket_state_id=5 WHERE id=22;
UPDATE ticket SET archive_flag=1 WHERE id IN (7,24,26);
-- ticket n was created n days and n minutes after the second of January, and changed two hours later
UPDATE ticket SET create_time = DATE_ADD(@n, INTERVAL id*1441 MINUTE), change_time = DATE_ADD(@n, INTERVAL id*1441+120 MINUTE), timeout = IF(timeout=0,0,1767351600);
UPDATE article a JOIN ticket t ON t.id=a.ticket_id SET a.create_time = DATE_ADD(t.create_time, INTERVAL a.id MINUTE), a.change_time = DATE_ADD(t.create_time, INTERVAL a.id MINUTE);
UPDATE article_data_mime m JOIN article a ON a.id=m.article_id SET m.create_time=a.create_time, m.change_time=a.change_time, m.incoming_time=UNIX_TIMESTAMP(CONVERT_TZ(a.create_time,'+00:00',@@session.time_zone));
UPDATE article_data_mime_attachment m JOIN article a ON a.id=m.article_id SET m.create_time=a.create_time, m.change_time=a.change_time;
UPDATE article_data_mime_plain m JOIN article a ON a.id=m.article_id SET m.create_time=a.create_time, m.change_time=a.change_time;
UPDATE article_flag f JOIN article a ON a.id=f.article_id SET f.create_time=a.create_time;
UPDATE ticket_flag f JOIN ticket a ON a.id=f.ticket_id SET f.create_time=a.create_time;
UPDATE ticket_history h JOIN ticket t ON t.id=h.ticket_id SET h.create_time = DATE_ADD(t.create_time, INTERVAL h.id SECOND), h.change_time = DATE_ADD(t.create_time, INTERVAL h.id SECOND);
UPDATE time_accounting h JOIN ticket t ON t.id=h.ticket_id SET h.create_time = t.create_time, h.change_time = t.create_time;
-- one ticket escalated long ago, one escalates in ten years
UPDATE ticket SET escalation_time=1770000000, escalation_solution_time=1770000000, escalation_response_time=1770003600, escalation_update_time=1770007200 WHERE id=2;
UPDATE ticket SET escalation_time=2096000000, escalation_solution_time=2096000000 WHERE id=6;
-- times that other agents accounted, also on tickets that they may not read
INSERT INTO time_accounting (id,ticket_id,article_id,time_unit,create_time,create_by,change_time,change_by) VALUES
 (101,2,10,0.50,'2026-03-01 00:00:00',11,'2026-03-01 00:00:00',11),
 (102,2,NULL,-3.00,'2026-03-01 23:59:59',11,'2026-03-01 23:59:59',11),
 (103,3,13,100000.25,'2026-03-02 12:00:00',11,'2026-03-02 12:00:00',11),
 (104,4,NULL,7.00,'2026-03-02 12:00:00',11,'2026-03-02 12:00:00',11),
 (105,9,NULL,1.00,'2026-03-03 09:00:00',12,'2026-03-03 09:00:00',12),
 (106,15,NULL,2.00,'2026-03-03 09:30:00',12,'2026-03-03 09:30:00',12),
 (107,22,26,3.00,'2026-03-04 10:00:00',12,'2026-03-04 10:00:00',12),
 (108,2,11,4.00,'2026-02-28 23:59:59',11,'2026-02-28 23:59:59',11),
 (109,6,6,0.00,'2026-03-05 10:00:00',16,'2026-03-05 10:00:00',16),
 (110,24,28,5.50,'2026-03-06 10:00:00',18,'2026-03-06 10:00:00',18),
 (111,3,NULL,1.00,'2026-01-05 08:04:44',17,'2026-01-05 08:04:44',17),
 (112,3,NULL,1.00,'2026-01-05 08:04:45',17,'2026-01-05 08:04:45',17),
 (113,3,NULL,1.00,'2026-01-05 08:04:46',17,'2026-01-05 08:04:46',17),
 (114,3,NULL,1.00,'2026-01-05 08:04:47',17,'2026-01-05 08:04:47',17),
 (115,2,NULL,1.00,'2026-01-04 08:02:01',17,'2026-01-04 08:02:01',17);
