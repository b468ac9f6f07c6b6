//! The refusals of `TicketUpdate`.

use crate::error_places::{Place, Reached::By, place};

pub(super) const PLACES: &[Place] = &[
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to create new articles!",
        By(&[("ticket_update", "agent lab-ro changes note")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to update owner!",
        By(&[("ticket_update", "agent lab-ro changes owner")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to update priority!",
        By(&[("ticket_update", "agent lab-ro changes priority")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to update queue!",
        By(&[("ticket_update", "agent lab-ro changes queue")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to update responsibe!",
        By(&[("ticket_update", "agent lab-ro changes responsible")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "Does not have permissions to update state!",
        By(&[("ticket_update", "agent lab-ro changes state")]),
    ),
    place(
        "TicketUpdate.AccessDenied",
        "User does not have access to the ticket!",
        By(&[
            ("ticket_update", "ticket -1"),
            ("ticket_update", "ticket abc"),
        ]),
    ),
    place(
        "TicketUpdate.AuthFail",
        "User could not be authenticated!",
        By(&[
            ("ticket_update", "unknown agent"),
            ("ticket_update", "wrong password"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article parameter is not valid!",
        By(&[
            ("ticket_update", "article is empty"),
            ("ticket_update", "article is a text"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->AutoResponseType parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"AutoResponseType\":\"nothing\"}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->Charset is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ContentType\":null,\"Charset\":\"nope\",\"MimeType\":\"text/plain\"}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!",
        By(&[
            (
                "ticket_update",
                "refused: Article {\"CommunicationChannelID\":99}",
            ),
            (
                "ticket_update",
                "refused: Article {\"CommunicationChannel\":\"Chat\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->ContentType is invalid!",
        By(&[
            ("ticket_update", "refused: Article {\"ContentType\":\"x\"}"),
            (
                "ticket_update",
                "refused: Article {\"ContentType\":\"text/plain\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->ExcludeMuteNotificationToUserID parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ExcludeMuteNotificationToUserID\":{\"a\":1}}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->ExcludeNotificationToUserID UserID=x parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ExcludeNotificationToUserID\":[\"x\"]}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->ForceNotificationToUserID UserID=999 parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ForceNotificationToUserID\":999}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->HistoryType parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"HistoryType\":\"Nothing\"}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->MimeType is invalid!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ContentType\":null,\"Charset\":\"utf8\",\"MimeType\":\"text\"}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->NoAgent parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Article {\"NoAgentNotify\":2}"),
            (
                "ticket_update",
                "refused: Article {\"NoAgentNotify\":\"x\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->SenderTypeID or Ticket->SenderType parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Article {\"SenderTypeID\":99}"),
            (
                "ticket_update",
                "refused: Article {\"SenderType\":\"nobody\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Article->TimeUnit parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Article {\"TimeUnit\":\"x\"}"),
            ("ticket_update", "refused: Article {\"TimeUnit\":\"-1\"}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Attachment->ContentType is invalid!",
        By(&[
            (
                "ticket_update",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"x\",\"Filename\":\"x\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain; charset=nope\",\"Filename\":\"x\"}]}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "DynamicField->Name parameter is invalid!",
        By(&[
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"Nothing\",\"Value\":\"x\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"LabGone\",\"Value\":\"x\"}]}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "DynamicField->Value parameter is invalid!",
        By(&[
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"LabDrop\",\"Value\":\"zzz\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"LabCheck\",\"Value\":\"yes\"}]}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket parameter is not valid!",
        By(&[
            ("ticket_update", "ticket is empty"),
            ("ticket_update", "ticket is a text"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->CustomerUser parameter is invalid!",
        By(&[(
            "ticket_update",
            "refused: Ticket {\"CustomerUser\":\"erin\"}",
        )]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->LockID or Ticket->Lock parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"LockID\":9}"),
            ("ticket_update", "refused: Ticket {\"Lock\":\"half\"}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->OwnerID or Ticket->Owner parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"OwnerID\":999}"),
            ("ticket_update", "refused: Ticket {\"Owner\":\"nobody\"}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->PendingTime parameter is invalid!",
        By(&[
            (
                "ticket_update",
                "refused: Ticket {\"PendingTime\":\"tomorrow\"}",
            ),
            (
                "ticket_update",
                "refused: Ticket {\"PendingTime\":{\"Diff\":-5}}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->PriorityID or Ticket->Priority parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"PriorityID\":99}"),
            (
                "ticket_update",
                "refused: Ticket {\"Priority\":\"nothing\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->QueueID or Ticket->Queue parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"QueueID\":999}"),
            ("ticket_update", "refused: Ticket {\"QueueID\":\"x\"}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->ResponsibleID or Ticket->Responsible parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"ResponsibleID\":16}"),
            (
                "ticket_update",
                "refused: Ticket {\"Responsible\":\"nobody\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->SLAID or Ticket->SLA parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"SLA\":\"Gold\"}"),
            (
                "ticket_update",
                "refused: Ticket {\"SLAID\":999,\"Service\":\"Mail\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->ServiceID or Ticket->Service parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"Service\":\"Fax\"}"),
            ("ticket_update", "refused: Ticket {\"ServiceID\":999}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->StateID or Ticket->State parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"StateID\":99}"),
            ("ticket_update", "refused: Ticket {\"State\":\"nothing\"}"),
        ]),
    ),
    place(
        "TicketUpdate.InvalidParameter",
        "Ticket->TypeID or Ticket->Type parameter is invalid!",
        By(&[
            ("ticket_update", "refused: Ticket {\"TypeID\":999}"),
            ("ticket_update", "refused: Ticket {\"Type\":\"Nothing\"}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Can't set a ticket on a pending state without pendig time!",
        By(&[
            ("ticket_update", "Ticket {\"State\":\"pending reminder\"}"),
            (
                "ticket_update",
                "Ticket {\"State\":\"pending auto close+\"}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Article->Body parameter is missing!",
        By(&[
            ("ticket_update", "without Article->Body"),
            ("ticket_update", "refused: Article {\"Body\":\"\"}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Article->Charset is required!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ContentType\":null,\"MimeType\":\"text/plain\"}",
        )]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!",
        By(&[
            ("ticket_update", "without Article->ContentType"),
            ("ticket_update", "refused: Article {\"ContentType\":null}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Article->MimeType is required!",
        By(&[(
            "ticket_update",
            "refused: Article {\"ContentType\":null,\"Charset\":\"utf8\"}",
        )]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Article->Subject parameter is missing!",
        By(&[
            ("ticket_update", "without Article->Subject"),
            ("ticket_update", "refused: Article {\"Subject\":\"\"}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Attachment parameter is missing or not valid!",
        By(&[
            ("ticket_update", "refused: {\"Attachment\":[]}"),
            ("ticket_update", "refused: {\"Attachment\":\"x\"}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Attachment->Content parameter is missing!",
        By(&[(
            "ticket_update",
            "refused: {\"Attachment\":[{\"Content\":\"\",\"ContentType\":\"text/plain\",\"Filename\":\"x\"}]}",
        )]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Attachment->ContentType parameter is missing!",
        By(&[(
            "ticket_update",
            "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"\",\"Filename\":\"x\"}]}",
        )]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Attachment->Filename parameter is missing!",
        By(&[
            (
                "ticket_update",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain\",\"Filename\":\"\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"text/plain\",\"Filename\":null}]}",
            ),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "DynamicField parameter is missing or not valid!",
        By(&[
            ("ticket_update", "refused: {\"DynamicField\":[]}"),
            ("ticket_update", "refused: {\"DynamicField\":\"x\"}"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "DynamicField->Name parameter is missing!",
        By(&[
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Value\":\"x\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Value\":\"x\"}]} alone",
            ),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "DynamicField->Value parameter is missing!",
        By(&[
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"LabText\"}]}",
            ),
            (
                "ticket_update",
                "refused: {\"DynamicField\":[{\"Name\":\"LabText\"}]} alone",
            ),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "Password or SessionID is required!",
        By(&[("ticket_update", "no password")]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "TicketID or TicketNumber is required!",
        By(&[("ticket_update", "ticket 0")]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "To create an article DynamicField an article is required!",
        By(&[
            ("ticket_update", "all fields"),
            ("ticket_update", "full: all fields"),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "To create an attachment an article is needed!",
        By(&[
            ("ticket_update", "file without an article"),
            (
                "ticket_update",
                "refused: {\"Attachment\":[{\"Content\":\"aGk=\",\"ContentType\":\"\",\"Filename\":\"x\"}]} alone",
            ),
        ]),
    ),
    place(
        "TicketUpdate.MissingParameter",
        "UserLogin, CustomerUserLogin or SessionID is required!",
        By(&[("ticket_update", "no login")]),
    ),
];
