package delivery

import (
	"strings"

	"rapport/models"
)

// words are the fixed subject and text of a kind. {practice} and {link} are
// the only fields: neither a client's name nor a finding can get in.
type words struct{ subject, text string }

var letters = map[models.MessageKind]words{
	models.MessageInvitation: {"You are invited to Rapport",
		"{practice} invites you to Rapport, where professionals who look after the same people\nkeep each other informed.\n\nOpen this link within 14 days and choose a password:\n{link}\n\nThe link works once and is for you alone."},
	models.MessageSigningLink: {"A form waits for your signature",
		"{practice} asks you to read a form and, if you agree, to sign it.\n\nOpen this link within 14 days:\n{link}\n\nThe link works once and is for you alone. You may say no."},
	models.MessageReleaseCopy: {"Your signed form",
		"{practice} keeps the form that you signed. You can read your copy here for 14 days:\n{link}\n\nThe link is for you alone."},
	models.MessageReportNotice: {"A document waits for you",
		"{practice} has put a document for you into Rapport.\n\nSign in to read it:\n{link}"},
	models.MessageReportLink: {"A document waits for you",
		"{practice} has a document for you.\n\nOpen this link within 14 days; you will be asked for a date that you know from your records:\n{link}\n\nThe link is for you alone. If this mail is not for you, please delete it and tell the practice."},
	models.MessageChangeNotice: {"A question waits for your answer",
		"{practice} asks you about an order that you wrote.\n\nSign in to answer:\n{link}"},
	models.MessageChangeLink: {"A question waits for your answer",
		"{practice} asks you about an order that you wrote.\n\nOpen this link within 14 days to answer; you will be asked for a date that you know from your records:\n{link}\n\nThe link is for you alone. If this mail is not for you, please delete it and tell the practice."},
	models.MessageChangeDecided: {"A question was answered",
		"A provider has answered a question of {practice}.\n\nSign in to read the answer:\n{link}"},
	models.MessageOrderNotice: {"A new order has come in",
		"A provider has sent an order to {practice}.\n\nSign in to look at it:\n{link}"},
	models.MessageOrderAnswered: {"News about your order",
		"{practice} has news about an order that you wrote.\n\nSign in to read it:\n{link}"},
	models.MessageCountersign: {"An order waits for your signature",
		"{practice} noted an order of yours and asks you to sign it.\n\nSign in to look at it:\n{link}"},
	models.MessageOrderEnding: {"An order is running out",
		"An order at {practice} is running out.\n\nSign in to see which:\n{link}"},
	models.MessageDeviation: {"Please look at a record",
		"A record at {practice} needs your attention.\n\nSign in to read it:\n{link}"},
	models.MessageReply: {"A document was answered",
		"A provider has answered a document of {practice}.\n\nSign in to read the answer:\n{link}"},
	models.MessageReferral: {"A referral waits for your answer",
		"{practice} would like to send somebody to you.\n\nSign in to read it and to answer:\n{link}"},
	models.MessageReferralNews: {"News about a referral",
		"There is news about a referral between you and {practice}.\n\nSign in to read it:\n{link}"},
	models.MessageThanks: {"Thank you for your referral",
		"Thank you for your trust in {practice}. The first visit has taken place, and you will hear from us.\n\nWho signs in here sees where it stands:\n{link}"},
	models.MessagePacket: {"An introduction",
		"{practice} would like to introduce itself, and to work with you for the good of the\npeople whom you look after.\n\nThe letter that comes along says who we are on one page; behind it is a form to fax\nback. Whoever signs in here can order without paper:\n{link}\n\nIf you would rather not hear from us, answer this mail and say so."},
	models.MessageDocumentAsked: {"A document is asked for",
		"A provider asks {practice} for a document.\n\nSign in to see which, and to answer:\n{link}"},
	models.MessageDocumentNews: {"News about a document",
		"There is news about a document that was asked for at {practice}.\n\nSign in to read it:\n{link}"},
}

// letter fills the words in. A notice leads to the portal, which asks for a
// sign-in; a one-time link carries its token.
func letter(c claimed, publicURL string) models.Mail {
	practice, w := c.practice.Name, letters[c.m.Kind]
	if practice == "" {
		practice = "A colleague" // posted outside every practice
	}
	link := strings.TrimRight(publicURL, "/") + "/"
	if c.token != "" {
		link = strings.TrimRight(publicURL, "/") + c.m.LinkKind.Path() + c.token
	}
	fill := strings.NewReplacer("{practice}", practice, "{link}", link)
	return models.Mail{ID: c.m.ID, To: c.m.To, FromName: c.practice.Name, ReplyTo: c.practice.Email, Subject: w.subject, Text: fill.Replace(w.text) + "\n",
		Files: c.files}
}
