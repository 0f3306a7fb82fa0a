package web_test

// asks has a line for each route whose usual ids, or whose form as its page
// shows it, do not do.
func (p *practiced) asks() map[string]ask {
	w, other := p.w, p.other
	order := func(name, step string) string { return "/orders/" + other[name] + step }
	born := []string{"birth_date", "1984-05-17"}
	office := "/provider/record/offices/" + string(w.Provider.Offices[0].ID)
	neck := []string{"diagnosis_codes", "M54.2", "scope/regions.neck", "left", "scope/sessions_total", "3"}
	person := []string{"client/name/given", "Bo", "client/name/family", "Li", "client/birth_date", "1990-01-02", "practice_id", string(w.Practice.ID)}
	with := func(lists ...[]string) (out []string) {
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	visit := []string{"screening/reviewed", "yes", "regions.neck", "left", "minutes", "30", "act", "save"}
	return map[string]ask{
		"POST /account/otp":                           {form: []string{"password", secretWords}},
		"POST /account/otp/confirm":                   {form: []string{"otp", p.passes["drawn"]}},
		"POST /account/otp/change":                    {form: []string{"password", secretWords, "otp", p.passes["recovery"], "act", "remove"}},
		"POST /account/password":                      {form: []string{"old_password", secretWords, "password", "blue lakes in late june"}},
		"POST /account/passkeys/new":                  {form: []string{"password", secretWords}},
		"POST /account/passkeys":                      {form: []string{"name", "Phone", "token", p.passes["new question"], "credential", p.passes["new passkey"]}},
		"POST /account/passkeys/:id/remove":           {path: "/account/passkeys/" + p.passes["passkey"] + "/remove"},
		"POST /account/sessions/:id/end":              {path: "/account/sessions/" + p.passes["session"] + "/end"},
		"POST /sign-in":                               {form: []string{"email", "olga@ballard.example", "password", secretWords}},
		"POST /sign-in/passkey/answer":                {form: []string{"token", p.passes["question"], "credential", p.passes["answer"]}},
		"POST /decide/:token":                         {form: born},
		"POST /open/:token":                           {form: born},
		"POST /sign/:token":                           {form: born},
		"POST /sign/:token/document":                  {form: born},
		"POST /invitations/:token":                    {form: []string{"password", "seven white herons at dawn"}},
		"GET /orders/:id/scans/:scan":                 {path: order("paper", "/scans/"+p.ids["scans"])},
		"GET /provider/orders/:id/scans/:scan":        {path: "/provider" + order("paper", "/scans/"+p.ids["scans"])},
		"GET /provider/record/offices/:office":        {path: office},
		"POST /provider/record/offices/:office":       {path: office},
		"POST /provider/record/offices/new":           {form: []string{"office/name", "Second Office"}},
		"POST /provider/record/offices/:office/leave": {path: office + "/leave"},
		"GET /referrals/:id/cover":                    {path: "/referrals/" + other["faxed"] + "/cover"},
		"POST /referrals/:id/thank-you":               {path: "/referrals/" + other["referred"] + "/thank-you"},
		"POST /referrals/:id/act":                     {form: []string{"act", "phoned", "phoned/action", "accept", "phoned/said_by", "Robin"}},
		"POST /provider/referrals/:id/act":            {form: []string{"act", "accept"}},
		"POST /referrals/new":                         {form: []string{"direction", "outbound", "client_id", p.ids["clients"], "provider_id", string(w.Provider.ID), "reason", "Dizzy."}},
		"POST /provider/referrals/new":                {form: with(person, []string{"reason", "Stiff."})},
		"GET /reports/:id/preview":                    {path: "/reports/" + other["report draft"] + "/preview"},
		"POST /reports/:id":                           {path: "/reports/" + other["report draft"], form: []string{"narrative/summary", "Better."}},
		"POST /reports/:id/sign":                      {path: "/reports/" + other["report draft"] + "/sign"},
		"POST /reports/:id/revise":                    {form: []string{"reason", "A digit was wrong."}},
		"POST /reports/:id/deliver":                   {form: []string{"channel", "portal"}},
		"POST /deliveries/:delivery/proof":            {form: []string{"state", "sent", "note", "Posted."}},
		"POST /deliveries/:delivery/misdirected":      {form: []string{"note", "Wrong number."}},
		"POST /changes/:id/answer":                    {form: []string{"act", "decline", "reason", "No.", "verbal/given_by", "Linh", "verbal/read_back", "yes", "verbal/taken_at", "2026-03-02T11:30"}},
		"POST /changes/:id/reopen":                    {path: "/changes/" + other["explained"] + "/reopen"},
		"POST /provider/changes/:id/decide":           {form: []string{"act", "decline", "reason", "No."}},
		"POST /orders/:id/accept":                     {path: order("submitted", "/accept")},
		"POST /orders/:id/decline":                    {path: order("submitted", "/decline"), form: []string{"reason", "No room."}},
		"POST /orders/:id/suspend":                    {form: []string{"reason", "Fever."}},
		"POST /orders/:id/resume":                     {path: order("suspended", "/resume")},
		"POST /orders/:id/error":                      {path: order("paper", "/error"), form: []string{"reason", "Another client's."}},
		"POST /orders/:id/scan":                       {path: order("unscanned", "/scan"), form: []string{"scan", "yes"}},
		"POST /orders/:id/ask":                        {path: order("fresh", "/ask"), form: []string{"words", "Longer, please.", "proposed/minutes_per_session", "45", "act", "send"}},
		"POST /orders/:id/verbal":                     {form: []string{"given_by", "Linh", "read_back", "yes", "taken_at", "2026-03-02T11:30", "scope/sessions_total", "8"}},
		"POST /orders/:id/bookings/new":               {form: []string{"starts_at", "2026-03-10T09:00", "minutes", "30"}},
		"POST /orders/:id/sessions/new":               {path: order("fresh", "/sessions/new"), form: visit},
		"POST /clients/:client/sessions/new":          {path: "/clients/" + p.ids["free"] + "/sessions/new", form: visit},
		"POST /clients/:client/bookings/new":          {path: "/clients/" + p.ids["free"] + "/bookings/new", form: []string{"starts_at", "2026-03-10T09:00", "minutes", "30"}},
		"POST /clients/:id/orders/paper":              {form: with(neck, []string{"prescriber_id", string(w.Provider2.ID), "valid_from", "2026-02-01", "valid_until", "2026-06-30", "scan", "yes"})},
		"POST /clients/:id/orders/phone":              {form: with(neck, []string{"prescriber_id", string(w.Provider2.ID), "verbal/given_by", "Sean", "verbal/read_back", "yes", "verbal/taken_at", "2026-03-02T11:30"})},
		"POST /clients/:id/releases/new":              {form: []string{"recipient_other", string(w.Provider2.ID)}},
		"POST /clients/new":                           {form: []string{"name/given", "Bea", "name/family", "Li", "birth_date", "1990-01-02"}},
		"POST /contacts/new":                          {form: []string{"provider_id", string(w.Provider.ID)}},
		"POST /messages/:id":                          {form: []string{"outcome", "gave_up"}},
		"POST /practice/colleagues":                   {form: []string{"name", "Pia Lund", "email", "pia@ballard.example", "role", "therapist"}},
		"POST /places":                                {form: []string{"place", string(w.Practice.ID)}},
		"POST /promises":                              {form: []string{"what", "A call", "due_on", "2026-12-01"}},
		"POST /promises/:id/release":                  {form: []string{"reason", "They moved."}},
		"POST /provider/orders/new":                   {form: with(neck, person, []string{"act", "save"})},
		"POST /provider/orders/:id/sign":              {path: "/provider" + order("draft", "/sign"), form: []string{"name", "Linh Nguyễn"}},
		"POST /provider/orders/:id/countersign":       {path: "/provider" + order("paper", "/countersign"), form: []string{"name", "Linh Nguyễn"}},
		"POST /provider/orders/:id/revoke":            {form: []string{"reason", "Surgery first."}},
		"POST /provider/orders/:id/error":             {path: "/provider" + order("submitted", "/error"), form: []string{"reason", "Wrong person."}},
		"POST /provider/orders/:id/suspend":           {form: []string{"reason", "Wait."}},
		"POST /provider/orders/:id/resume":            {path: "/provider" + order("paused", "/resume")},
		"POST /provider/orders/:id/renew":             {form: []string{"name", "Linh Nguyễn"}},
		"POST /provider/requests":                     {form: []string{"client_id", p.ids["clients"], "kind", "order_status"}},
		"POST /providers/new":                         {form: []string{"name/given", "Mei", "name/family", "Tanaka"}},
		"POST /providers/:id/invitation":              {form: []string{"email", "new@berg.example"}},
		"POST /sign-in/code":                          {form: []string{"otp", p.passes["recovery"]}},
		"POST /providers/:id/address":                 {form: []string{"address", "ola@berg.example"}},
		"POST /providers/:id/merge":                   {form: []string{"into", other["twin"]}},
		"POST /providers/:id/offices/new":             {form: []string{"office/name", "Second Clinic"}},
		"GET /providers/:id/packet":                   {path: "/providers/" + string(w.Provider.ID) + "/packet"},
		"POST /providers/:id/packet":                  {path: "/providers/" + string(w.Provider.ID) + "/packet", form: []string{"channel", "visit"}},
		"POST /providers/:id/staff":                   {form: []string{"name", "Pat Roe"}},
		"POST /providers/:id/relationship":            {path: "/providers/" + string(w.Provider.ID) + "/relationship", form: []string{"tier", "partner"}},
		"POST /releases/:id/sign":                     {path: "/releases/" + other["unsigned"] + "/sign", form: []string{"method", "typed", "name", "Ana Silva", "electronic_records_consent", "yes"}},
		"GET /releases/:id/sign":                      {path: "/releases/" + other["unsigned"] + "/sign"},
		"POST /releases/:id/send":                     {path: "/releases/" + other["unsigned"] + "/send", form: []string{"email", "ana@example.org"}},
		"POST /requests/:id/decline":                  {form: []string{"reason", "Care ended."}},
		"POST /sessions/:id/addenda":                  {form: []string{"text", "Slept well."}},
		"GET /sessions/:id/edit":                      {path: "/sessions/" + other["open note"] + "/edit"},
		"POST /sessions/:id/edit":                     {path: "/sessions/" + other["open note"] + "/edit", form: []string{"soap/plan", "Twice a week.", "act", "save"}},
		"POST /sessions/:id/sign":                     {path: "/sessions/" + other["open note"] + "/sign"},
		"POST /sessions/:id/void":                     {form: []string{"reason", "Wrong day."}},
	}
}
