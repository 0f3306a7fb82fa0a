package api

import "github.com/danielgtaylor/huma/v2"

// routes is the site map of the API, noun by noun.
func (a *API) routes(api huma.API) {
	a.authRoutes(api)
	a.otpRoutes(api)
	a.meRoutes(api)
	a.invitationRoutes(api)
	a.practiceRoutes(api)
	a.serverRoutes(api)
	a.providerRoutes(api)
	a.careTeamRoutes(api)
	a.clientRoutes(api)
	a.releaseRoutes(api)
	a.signRoutes(api)
	a.disclosureRoutes(api)
	a.auditRoutes(api)
	a.reportRoutes(api)
	a.deliveryRoutes(api)
	a.reportLinkRoutes(api)
	a.prescriptionRoutes(api)
	a.changeRoutes(api)
	a.admissibilityRoutes(api)
	a.bookingRoutes(api)
	a.sessionRoutes(api)
	a.measureRoutes(api)
	a.messageRoutes(api)
	a.referralRoutes(api)
	a.redFlagRoutes(api)
	a.relationshipRoutes(api)
	a.packetRoutes(api)
	a.introductionRoutes(api)
	a.promiseRoutes(api)
	a.worklistRoutes(api)
	a.documentRequestRoutes(api)
	a.healthRoutes(api)
}
