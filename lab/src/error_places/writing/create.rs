//! The refusals of `TicketCreate`.

use crate::error_places::{Place, Reached::By, place};

pub(super) const PLACES: &[Place] = &[
    place(
        "TicketCreate.AccessDenied",
        "Can not create tickets in given Queue or QueueID!",
        By(&[
            ("ticket_create", "agent lab-ro in Ops"),
            ("ticket_create", "customer bob in Ops"),
        ]),
    ),
    place(
        "TicketCreate.AuthFail",
        "User could not be authenticated!",
        By(&[
            ("ticket_create", "unknown agent"),
            ("ticket_create", "wrong password"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->AutoResponseType parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"AutoResponseType\":\"nothing\"}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->Charset is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ContentType\":null,\"Charset\":\"nope\",\"MimeType\":\"text/plain\"}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!",
        By(&[
            (
                "ticket_create",
                "refused: Article {\"CommunicationChannelID\":99}",
            ),
            (
                "ticket_create",
                "refused: Article {\"CommunicationChannel\":\"Chat\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->ContentType is invalid!",
        By(&[
            ("ticket_create", "refused: Article {\"ContentType\":\"x\"}"),
            (
                "ticket_create",
                "refused: Article {\"ContentType\":\"text/plain\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->ExcludeMuteNotificationToUserID parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ExcludeMuteNotificationToUserID\":{\"a\":1}}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->ExcludeNotificationToUserID UserID=x parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ExcludeNotificationToUserID\":[\"x\"]}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->ForceNotificationToUserID UserID=999 parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ForceNotificationToUserID\":999}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->HistoryType parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"HistoryType\":\"Nothing\"}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->MimeType is invalid!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ContentType\":null,\"Charset\":\"utf8\",\"MimeType\":\"text\"}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->NoAgent parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Article {\"NoAgentNotify\":2}"),
            (
                "ticket_create",
                "refused: Article {\"NoAgentNotify\":\"x\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->SenderTypeID or Ticket->SenderType parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Article {\"SenderTypeID\":99}"),
            (
                "ticket_create",
                "refused: Article {\"SenderType\":\"nobody\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->TimeUnit parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Article {\"TimeUnit\":\"x\"}"),
            ("ticket_create", "refused: Article {\"TimeUnit\":\"-1\"}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Article->To parameter must be a valid email address when Article->ArticleSend is set!",
        By(&[("ticket_create", "refused: Article {\"ArticleSend\":1}")]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Attachment->ContentType is invalid!",
        By(&[
            (
                "ticket_create",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"x\",\"Filename\":\"x\"}]}",
            ),
            (
                "ticket_create",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain; charset=nope\",\"Filename\":\"x\"}]}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "DynamicField->Name parameter is invalid!",
        By(&[
            (
                "ticket_create",
                "refused: {\"DynamicField\":[{\"Name\":\"Nothing\",\"Value\":\"x\"}]}",
            ),
            (
                "ticket_create",
                "refused: {\"DynamicField\":[{\"Name\":\"LabGone\",\"Value\":\"x\"}]}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "DynamicField->Value parameter is invalid!",
        By(&[
            (
                "ticket_create",
                "refused: {\"DynamicField\":[{\"Name\":\"LabDrop\",\"Value\":\"zzz\"}]}",
            ),
            (
                "ticket_create",
                "refused: {\"DynamicField\":[{\"Name\":\"LabCheck\",\"Value\":\"yes\"}]}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->CustomerUser parameter is invalid!",
        By(&[(
            "ticket_create",
            "refused: Ticket {\"CustomerUser\":\"erin\"}",
        )]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->LockID or Ticket->Lock parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"LockID\":9}"),
            ("ticket_create", "refused: Ticket {\"Lock\":\"half\"}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->OwnerID or Ticket->Owner parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"OwnerID\":999}"),
            ("ticket_create", "refused: Ticket {\"Owner\":\"nobody\"}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->PendingTime parameter is invalid!",
        By(&[
            (
                "ticket_create",
                "refused: Ticket {\"PendingTime\":\"tomorrow\"}",
            ),
            (
                "ticket_create",
                "refused: Ticket {\"PendingTime\":{\"Diff\":-5}}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->PriorityID or Ticket->Priority parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"PriorityID\":99}"),
            (
                "ticket_create",
                "refused: Ticket {\"Priority\":\"nothing\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->QueueID or Ticket->Queue parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"QueueID\":999}"),
            ("ticket_create", "refused: Ticket {\"QueueID\":\"x\"}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->ResponsibleID or Ticket->Responsible parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"ResponsibleID\":16}"),
            (
                "ticket_create",
                "refused: Ticket {\"Responsible\":\"nobody\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->SLAID or Ticket->SLA parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"SLA\":\"Gold\"}"),
            (
                "ticket_create",
                "refused: Ticket {\"SLAID\":999,\"Service\":\"Mail\"}",
            ),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->ServiceID or Ticket->Service parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"Service\":\"Fax\"}"),
            ("ticket_create", "refused: Ticket {\"ServiceID\":999}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->StateID or Ticket->State parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"StateID\":99}"),
            ("ticket_create", "refused: Ticket {\"State\":\"nothing\"}"),
        ]),
    ),
    place(
        "TicketCreate.InvalidParameter",
        "Ticket->TypeID or Ticket->Type parameter is invalid!",
        By(&[
            ("ticket_create", "refused: Ticket {\"TypeID\":999}"),
            ("ticket_create", "refused: Ticket {\"Type\":\"Nothing\"}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article parameter is missing or not valid!",
        By(&[
            ("ticket_create", "without Article"),
            ("ticket_create", "article is a text"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article->Body parameter is missing!",
        By(&[
            ("ticket_create", "without Article->Body"),
            ("ticket_create", "refused: Article {\"Body\":\"\"}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article->Charset is required!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ContentType\":null,\"MimeType\":\"text/plain\"}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!",
        By(&[
            ("ticket_create", "without Article->ContentType"),
            ("ticket_create", "refused: Article {\"ContentType\":null}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article->MimeType is required!",
        By(&[(
            "ticket_create",
            "refused: Article {\"ContentType\":null,\"Charset\":\"utf8\"}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Article->Subject parameter is missing!",
        By(&[
            ("ticket_create", "without Article->Subject"),
            ("ticket_create", "refused: Article {\"Subject\":\"\"}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Attachment parameter is missing or not valid!",
        By(&[
            ("ticket_create", "refused: {\"Attachment\":[]}"),
            ("ticket_create", "refused: {\"Attachment\":\"x\"}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Attachment->Content  parameter is missing!",
        By(&[(
            "ticket_create",
            "refused: {\"Attachment\":[{\"Content\":\"\",\"ContentType\":\"text/plain\",\"Filename\":\"x\"}]}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Attachment->ContentType  parameter is missing!",
        By(&[(
            "ticket_create",
            "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"\",\"Filename\":\"x\"}]}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Attachment->Filename  parameter is missing!",
        By(&[
            (
                "ticket_create",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain\",\"Filename\":\"\"}]}",
            ),
            (
                "ticket_create",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain\",\"Filename\":null}]}",
            ),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "DynamicField parameter is missing or not valid!",
        By(&[
            ("ticket_create", "refused: {\"DynamicField\":[]}"),
            ("ticket_create", "refused: {\"DynamicField\":\"x\"}"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "DynamicField->Name  parameter is missing!",
        By(&[(
            "ticket_create",
            "refused: {\"DynamicField\":[{\"Value\":\"x\"}]}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "DynamicField->Value  parameter is missing!",
        By(&[(
            "ticket_create",
            "refused: {\"DynamicField\":[{\"Name\":\"LabText\"}]}",
        )]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Password or SessionID is required!",
        By(&[
            ("ticket_create", "no password"),
            ("ticket_create", "without Password"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket parameter is missing or not valid!",
        By(&[
            ("ticket_create", "without Ticket"),
            ("ticket_create", "ticket is a text"),
        ]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->CustomerUser parameter is missing!",
        By(&[("ticket_create", "without Ticket->CustomerUser")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->PriorityID or Ticket->Priority parameter is required!",
        By(&[("ticket_create", "without Ticket->Priority")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->QueueID or Ticket->Queue parameter is required!",
        By(&[("ticket_create", "without Ticket->Queue")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->StateID or Ticket->State parameter is required!",
        By(&[("ticket_create", "without Ticket->State")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->Title parameter is missing!",
        By(&[("ticket_create", "without Ticket->Title")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "Ticket->TypeID or Ticket->Type parameter is required by sysconfig option!",
        By(&[("ticket_create", "without Ticket->Type")]),
    ),
    place(
        "TicketCreate.MissingParameter",
        "UserLogin, CustomerUserLogin or SessionID is required!",
        By(&[
            ("ticket_create", "no login"),
            ("ticket_create", "without UserLogin"),
        ]),
    ),
];
