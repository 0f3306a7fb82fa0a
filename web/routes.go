package web

import (
	"github.com/gofiber/fiber/v2"

	"rapport/models"
)

// routes is the map of the portal.
func (p *portal) routes(app *fiber.App) {
	app.Get("/static/:name", asset)
	app.Get("/robots.txt", robots)
	app.Get("/favicon.ico", favicon)

	p.get(app, "/", nobody, (*request).root)
	p.get(app, "/sign-in", nobody, (*request).signInPage)
	p.always(app, "/sign-in", nobody, (*request).signIn)
	p.get(app, "/sign-in/code", nobody, (*request).codePage)
	p.always(app, "/sign-in/code", nobody, (*request).signInWithCode)
	p.always(app, "/sign-in/passkey", nobody, (*request).askPasskey)
	p.always(app, "/sign-in/passkey/answer", nobody, (*request).signInWithPasskey)
	p.always(app, "/sign-out", eitherRealm, (*request).signOut)
	p.get(app, "/places", eitherRealm, (*request).placesPage)
	p.always(app, "/places", eitherRealm, (*request).choosePlace)

	p.accountRoutes(app)

	p.get(app, "/demo/mail", nobody, (*request).demoMail)

	p.get(app, models.LinkInvitation.Path()+":token", nobody, (*request).invitationPage)
	p.post(app, models.LinkInvitation.Path()+":token", nobody, (*request).acceptInvitation)

	p.get(app, "/today", practiceRealm, (*request).todayPage)
	p.get(app, "/worklists", practiceRealm, (*request).worklistsPage)
	p.get(app, "/practice", practiceRealm, (*request).practicePage)
	p.get(app, "/practice/settings", practiceRealm, (*request).settingsPage)
	p.post(app, "/practice/settings", practiceRealm, (*request).changePractice)
	p.post(app, "/practice/colleagues", practiceRealm, (*request).inviteColleague)
	p.get(app, "/practice/colleagues/:id", practiceRealm, (*request).colleaguePage)
	p.always(app, "/practice/colleagues/:id", practiceRealm, (*request).changeColleague)
	p.get(app, "/practice/trail", practiceRealm, (*request).trailPage)
	p.get(app, "/providers", practiceRealm, (*request).providersPage)
	p.search(app, "/providers", practiceRealm, (*request).providersPage)
	p.get(app, "/providers/new", practiceRealm, (*request).newProviderPage)
	p.post(app, "/providers/new", practiceRealm, (*request).addProvider)
	p.get(app, "/providers/:id", practiceRealm, (*request).providerPage)
	p.post(app, "/providers/:id/address", practiceRealm, (*request).confirmAddress)
	p.post(app, "/providers/:id", practiceRealm, (*request).changeProvider)
	p.post(app, "/providers/:id/verification", practiceRealm, (*request).verifyProvider)
	p.get(app, "/providers/:id/duplicates", practiceRealm, (*request).duplicatesPage)
	p.post(app, "/providers/:id/merge", practiceRealm, (*request).mergeProvider)
	p.post(app, "/providers/:id/invitation", practiceRealm, (*request).inviteProvider)
	p.recordRoutes(app)

	p.get(app, "/messages", practiceRealm, (*request).messagesPage)
	p.search(app, "/messages", practiceRealm, (*request).messagesPage)
	p.post(app, "/messages/:id", practiceRealm, (*request).resolveMessage)

	p.get(app, "/clients", practiceRealm, (*request).clientsPage)
	p.search(app, "/clients", practiceRealm, (*request).clientsPage)
	p.get(app, "/clients/new", practiceRealm, (*request).newClientPage)
	p.post(app, "/clients/new", practiceRealm, (*request).addClient)
	p.get(app, "/clients/:id", practiceRealm, (*request).clientPage)
	p.get(app, "/clients/:id/edit", practiceRealm, (*request).editClientPage)
	p.post(app, "/clients/:id/edit", practiceRealm, (*request).changeClient)
	p.get(app, "/clients/:id/care-team", practiceRealm, (*request).careTeamPage)
	p.post(app, "/clients/:id/care-team", practiceRealm, (*request).saveCareTeam)
	p.get(app, "/clients/:id/disclosures", practiceRealm, (*request).disclosuresPage)
	p.get(app, "/clients/:id/disclosures/log", practiceRealm, (*request).disclosureLog)

	p.get(app, "/clients/:id/releases/new", practiceRealm, (*request).newReleasePage)
	p.post(app, "/clients/:id/releases/new", practiceRealm, (*request).draftRelease)
	p.get(app, "/releases/:id", practiceRealm, (*request).releasePage)
	p.get(app, "/releases/:id/sign", practiceRealm, (*request).signReleasePage)
	p.post(app, "/releases/:id/sign", practiceRealm, (*request).signRelease)
	p.post(app, "/releases/:id/send", practiceRealm, (*request).sendSigningLink)
	p.always(app, "/releases/:id/revoke", practiceRealm, (*request).revokeRelease)
	p.get(app, "/releases/:id/document", practiceRealm, (*request).releaseDocument)
	p.get(app, models.LinkSign.Path()+":token", nobody, (*request).signLinkPage)
	p.always(app, models.LinkSign.Path()+":token", nobody, (*request).useSignLink)
	p.always(app, models.LinkSign.Path()+":token/document", nobody, (*request).signLinkDocument)

	p.orderRoutes(app)
	p.sessionRoutes(app)
	p.reportRoutes(app)
	p.relationshipRoutes(app)
	p.referralRoutes(app)
	p.outreachRoutes(app)
	p.sharedRoutes(app)
	p.serverRoutes(app)
}

// recordRoutes are the offices of a record, and the record that a provider
// keeps as their own.
func (p *portal) recordRoutes(app *fiber.App) {
	p.get(app, "/provider/record", providerRealm, (*request).ownRecord)
	p.post(app, "/provider/record", providerRealm, (*request).changeProvider)
	p.post(app, "/provider/record/verification", providerRealm, (*request).verifyProvider)
	for at, where := range map[string]realm{"/providers/:id": practiceRealm, "/provider/record": providerRealm} {
		p.get(app, at+"/offices/new", where, (*request).officePage)
		p.post(app, at+"/offices/new", where, (*request).saveOffice)
		p.get(app, at+"/offices/:office", where, (*request).officePage)
		p.post(app, at+"/offices/:office", where, (*request).saveOffice)
		p.post(app, at+"/offices/:office/leave", where, (*request).leaveOffice)
	}
}

// relationshipRoutes are who the practice knows, what was said, what is owed.
func (p *portal) relationshipRoutes(app *fiber.App) {
	p.get(app, "/contacts/new", practiceRealm, (*request).contactPage)
	p.post(app, "/contacts/new", practiceRealm, (*request).logContact)
	p.get(app, "/relationships", practiceRealm, (*request).relationshipsPage)
	p.get(app, "/providers/:id/relationship", practiceRealm, (*request).relationshipPage)
	p.post(app, "/providers/:id/relationship", practiceRealm, (*request).changeRelationship)
	p.get(app, "/network", practiceRealm, (*request).networkPage)
	p.get(app, "/network.csv", practiceRealm, (*request).networkCSV)
	p.get(app, "/figures", practiceRealm, (*request).figuresPage)
	p.get(app, "/figures/:key", practiceRealm, (*request).figurePage)
	p.search(app, "/figures/:key", practiceRealm, (*request).figurePage)
	p.get(app, "/promises", practiceRealm, (*request).promisesPage)
	p.post(app, "/promises", practiceRealm, (*request).makePromise)
	p.get(app, "/requests", practiceRealm, (*request).requestsPage)
	p.post(app, "/requests/:id/decline", practiceRealm, (*request).declineDocument)
	p.get(app, "/provider/requests", providerRealm, (*request).requestsPage)
	p.post(app, "/provider/requests", providerRealm, (*request).askForDocument)
	p.post(app, "/provider/requests/:id/withdraw", providerRealm, (*request).withdrawDocument)
	p.post(app, "/promises/:id/keep", practiceRealm, (*request).keepPromise)
	p.post(app, "/promises/:id/release", practiceRealm, (*request).releasePromise)
}

// accountRoutes are how a person signs in, wherever they act.
func (p *portal) accountRoutes(app *fiber.App) {
	p.get(app, "/account", eitherRealm, (*request).accountPage)
	p.get(app, "/account/password", eitherRealm, (*request).passwordPage)
	p.always(app, "/account/password", eitherRealm, (*request).changePassword)
	p.get(app, "/account/licence", practiceRealm, (*request).licencePage)
	p.post(app, "/account/licence", practiceRealm, (*request).changeLicence)
	p.get(app, "/account/otp", eitherRealm, (*request).otpPage)
	p.always(app, "/account/otp", eitherRealm, (*request).startOTP)
	p.always(app, "/account/otp/confirm", eitherRealm, (*request).confirmOTP)
	p.always(app, "/account/otp/change", eitherRealm, (*request).changeOTP)
	p.get(app, "/account/passkeys/new", eitherRealm, (*request).newPasskeyPage)
	p.post(app, "/account/passkeys/new", eitherRealm, (*request).startPasskey)
	p.post(app, "/account/passkeys", eitherRealm, (*request).addPasskey)
	p.always(app, "/account/passkeys/:id/remove", eitherRealm, (*request).removePasskey)
	p.always(app, "/account/sessions/:id/end", eitherRealm, (*request).endSession)
}

// reportRoutes are reports: written, sent, received.
func (p *portal) reportRoutes(app *fiber.App) {
	p.get(app, "/reports", practiceRealm, (*request).reportsPage)
	p.search(app, "/reports", practiceRealm, (*request).reportsPage)
	p.get(app, "/clients/:id/reports/new", practiceRealm, (*request).writeReportPage)
	p.get(app, "/orders/:id/reports/new", practiceRealm, (*request).newReportPage)
	p.post(app, "/orders/:id/reports/new", practiceRealm, (*request).draftReport)
	p.get(app, "/reports/:id", practiceRealm, (*request).reportPage)
	p.post(app, "/reports/:id", practiceRealm, (*request).changeReport)
	p.get(app, "/reports/:id/preview", practiceRealm, (*request).reportPreview)
	p.get(app, "/reports/:id/pdf", practiceRealm, (*request).reportPDF)
	p.post(app, "/reports/:id/sign", practiceRealm, (*request).signReport)
	p.post(app, "/reports/:id/revise", practiceRealm, (*request).reviseReport)
	p.post(app, "/reports/:id/deliver", practiceRealm, (*request).deliverReport)
	p.post(app, "/deliveries/:delivery/proof", practiceRealm, (*request).proveDelivery)
	p.post(app, "/deliveries/:delivery/misdirected", practiceRealm, (*request).misdirected)
	p.get(app, "/deliveries/:delivery/cover", practiceRealm, (*request).deliveryCover)

	p.get(app, "/provider", providerRealm, (*request).providerHome)
	p.search(app, "/provider", providerRealm, (*request).providerHome)
	p.get(app, "/provider/reports/:id", providerRealm, (*request).receivedReport)
	p.get(app, "/provider/reports/:id/pdf", providerRealm, (*request).reportPDF)
	p.post(app, "/provider/reports/:id/acknowledge", providerRealm, (*request).acknowledge)
	p.get(app, models.LinkReport.Path()+":token", nobody, (*request).reportLinkPage)
	p.post(app, models.LinkReport.Path()+":token", nobody, (*request).useReportLink)
	p.get(app, models.LinkReport.Path()+":token/reply", nobody, (*request).reportReplyPage)
}

// sessionRoutes are the diary and the notes.
func (p *portal) sessionRoutes(app *fiber.App) {
	for _, base := range []string{"/orders/:id", "/clients/:client"} { // under an order, or self-pay
		p.get(app, base+"/sessions/new", practiceRealm, (*request).recordPage)
		p.post(app, base+"/sessions/new", practiceRealm, (*request).recordSession)
		p.get(app, base+"/bookings/new", practiceRealm, (*request).bookPage)
		p.post(app, base+"/bookings/new", practiceRealm, (*request).book)
	}
	p.post(app, "/bookings/:id/cancel", practiceRealm, (*request).cancelBooking)
	p.post(app, "/bookings/:id/no-show", practiceRealm, (*request).missBooking)
	p.get(app, "/sessions/:id", practiceRealm, (*request).sessionPage)
	p.post(app, "/sessions/:id/sign", practiceRealm, (*request).signSession)
	p.get(app, "/sessions/:id/edit", practiceRealm, (*request).notePage)
	p.post(app, "/sessions/:id/edit", practiceRealm, (*request).changeNote)
	p.post(app, "/sessions/:id/addenda", practiceRealm, (*request).addAddendum)
	p.post(app, "/sessions/:id/void", practiceRealm, (*request).voidSession)
}

// orderRoutes are the orders of both sides: a step that both may take has one
// page, in each realm.
func (p *portal) orderRoutes(app *fiber.App) {
	p.get(app, "/orders", practiceRealm, (*request).ordersPage)
	p.search(app, "/orders", practiceRealm, (*request).ordersPage)
	p.get(app, "/clients/:id/orders/paper", practiceRealm, (*request).paperOrderPage)
	p.upload(app, "/clients/:id/orders/paper", practiceRealm, (*request).writePaperOrder)
	p.get(app, "/clients/:id/orders/phone", practiceRealm, (*request).phoneOrderPage)
	p.post(app, "/clients/:id/orders/phone", practiceRealm, (*request).writePhoneOrder)
	p.upload(app, "/orders/:id/scan", practiceRealm, (*request).attachScan)
	p.post(app, "/orders/:id/accept", practiceRealm, (*request).acceptOrder)
	p.post(app, "/orders/:id/decline", practiceRealm, (*request).declineOrder)
	p.get(app, "/orders/:id/verbal", practiceRealm, (*request).verbalPage)
	p.post(app, "/orders/:id/verbal", practiceRealm, (*request).noteVerbal)
	p.get(app, "/orders/:id/ask", practiceRealm, (*request).askPage)
	p.post(app, "/orders/:id/ask", practiceRealm, (*request).askForChange)
	p.get(app, "/changes/:id", practiceRealm, (*request).changePage)
	p.post(app, "/changes/:id/withdraw", practiceRealm, (*request).withdrawChange)
	p.post(app, "/changes/:id/reopen", practiceRealm, (*request).reopenChange)
	p.post(app, "/changes/:id/answer", practiceRealm, (*request).recordAnswer)
	p.get(app, "/changes/:id/form", practiceRealm, (*request).faxBackForm)

	p.get(app, "/provider/orders/new", providerRealm, (*request).newOrderPage)
	p.post(app, "/provider/orders/new", providerRealm, (*request).writeOrder)
	p.post(app, "/provider/orders/:id/sign", providerRealm, (*request).signOrder)
	p.post(app, "/provider/orders/:id/countersign", providerRealm, (*request).countersignOrder)
	p.post(app, "/provider/orders/:id/revoke", providerRealm, (*request).revokeOrder)
	p.get(app, "/provider/changes/:id", providerRealm, (*request).changePage)
	p.post(app, "/provider/changes/:id/decide", providerRealm, (*request).decideChange)
	p.get(app, models.LinkChange.Path()+":token", nobody, (*request).changeLinkPage)
	p.post(app, models.LinkChange.Path()+":token", nobody, (*request).useChangeLink)

	for base, where := range map[string]realm{"/orders/:id": practiceRealm, "/provider/orders/:id": providerRealm} {
		p.get(app, base, where, (*request).orderPage)
		p.get(app, base+"/paper", where, (*request).orderPaper)
		p.get(app, base+"/scans/:scan", where, (*request).orderScan)
		p.post(app, base+"/suspend", where, (*request).suspendOrder)
		p.post(app, base+"/resume", where, (*request).resumeOrder)
		p.post(app, base+"/error", where, (*request).orderInError)
		p.post(app, base+"/renew", where, (*request).renewOrder)
	}
}
