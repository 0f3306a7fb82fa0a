package main

import "rapport/models"

// demoOffices and demoProviders are invented people at invented places; their
// NPIs have a right check digit and belong to nobody we know.
var demoOffices = []models.Office{
	{Name: "Green Lake Spine & Sport", Phone: "+1 206 555 0110", Fax: "+1 206 555 0119", PreferredChannel: models.Channel("portal"),
		Address: models.Address{Line1: "7200 E Green Lake Dr N", City: "Seattle", State: "WA", PostalCode: "98115"}},
	{Name: "Northgate Family Medicine", Phone: "+1 206 555 0120", Fax: "+1 206 555 0129", PreferredChannel: models.Channel("letter"),
		Address: models.Address{Line1: "401 NE Northgate Way", City: "Seattle", State: "WA", PostalCode: "98125"}},
	{Name: "Rainier Osteopathic", Phone: "+1 206 555 0130", Fax: "+1 206 555 0139", PreferredChannel: models.Channel("portal"),
		Address: models.Address{Line1: "4400 Rainier Ave S", City: "Seattle", State: "WA", PostalCode: "98118"}},
	{Name: "Cascade Physical Medicine", Phone: "+1 206 555 0140", Fax: "+1 206 555 0149", PreferredChannel: models.Channel("link"),
		Address: models.Address{Line1: "1100 9th Ave", City: "Seattle", State: "WA", PostalCode: "98101"}},
	{Name: "Ballard Chiropractic", Phone: "+1 206 555 0150", Fax: "+1 206 555 0159", PreferredChannel: models.Channel("portal"),
		Address: models.Address{Line1: "5400 22nd Ave NW", City: "Seattle", State: "WA", PostalCode: "98107"}},
	{Name: "Puget Orthopaedics", Phone: "+1 206 555 0160", Fax: "+1 206 555 0169", PreferredChannel: models.Channel("letter"),
		Address: models.Address{Line1: "600 Broadway", City: "Seattle", State: "WA", PostalCode: "98122"}},
	{Name: "Phinney Sports Medicine", Phone: "+1 206 555 0170", Fax: "+1 206 555 0179", PreferredChannel: models.Channel("email"),
		Address: models.Address{Line1: "6500 Phinney Ave N", City: "Seattle", State: "WA", PostalCode: "98103"}},
}

type demoProvider struct {
	given, family, credentials, npi, taxonomy, email string
	office                                           int // in demoOffices
}

var demoProviders = []demoProvider{
	{"Linh", "Nguyễn", "DC", "1047110006", "111N00000X", "linh@green.example", 0},
	{"Seán", "O'Neill", "MD", "1047111376", "207Q00000X", "sean@northgate.example", 1},
	{"Aylin", "Demir", "DC", "1047112747", "111NX0800X", "aylin@green.example", 0},
	{"Katarzyna", "Wójcik", "DO", "1047114115", "204D00000X", "katarzyna@rainier.example", 2},
	{"Marcus", "Bell", "MD", "1047115484", "208100000X", "marcus@cascade.example", 3},
	{"Hye-jin", "Park", "DC", "1047116854", "111N00000X", "hyejin@ballard-chiro.example", 4},
	{"Priya", "Raman", "MD", "1047118223", "207R00000X", "priya@northgate.example", 1},
	{"Tomás", "Herrera", "DPT", "1047119593", "225100000X", "tomas@cascade.example", 3},
	{"Ingrid", "Sørensen", "MD", "1047120963", "207X00000X", "ingrid@puget.example", 5},
	{"Amara", "Okafor", "NP", "1047122332", "363LF0000X", "amara@rainier.example", 2},
	{"Farid", "Haidari", "MD", "1047123702", "207QS0010X", "farid@phinney.example", 6},
	{"Ngaio", "Te Rangi", "DPT", "1047125079", "225100000X", "ngaio@phinney.example", 6},
}

// demoClients come from everywhere, as clients do.
var demoClients = []struct{ given, family, born string }{
	{"José", "Ramírez", "1979-03-12"},
	{"Thị Mai", "Nguyễn", "1988-11-02"},
	{"Greta", "Müller", "1991-07-25"},
	{"Fiona", "O'Neill", "1967-01-30"},
	{"Amadou", "Diallo", "1984-09-14"},
	{"Zoë", "van Dijk", "1995-04-08"},
	{"Łukasz", "Kowalski", "1976-12-19"},
	{"Søren", "Kjær", "1959-06-03"},
	{"Chloé", "Lefèvre", "1999-02-27"},
	{"Đặng", "Minh Anh", "1993-08-16"},
	{"Ana María", "Gutiérrez", "1971-05-05"},
	{"Björn", "Åkesson", "1982-10-22"},
	{"Yasmin", "Haddad", "1990-03-31"},
	{"Hiroshi", "Tanaka", "1963-09-09"},
	{"Oluwaseun", "Adeyemi", "1987-12-01"},
	{"Márta", "Szabó", "1974-04-17"},
	{"Ciarán", "Byrne", "1996-11-11"},
	{"Leilani", "Kahananui", "1985-06-29"},
	{"Renée", "Dubois", "1969-08-08"},
	{"Mateus", "Conceição", "1992-01-15"},
	{"Ewa", "Jabłońska", "1980-02-14"},
	{"Noor", "Rahman", "1998-07-07"},
	{"Siobhán", "Kelly", "1973-10-10"},
	{"Ibrahim", "Yılmaz", "1966-03-03"},
	{"Grace", "Kim", "1989-05-21"},
	{"Dmitri", "Volkov", "1977-09-27"},
	{"Rosa", "Peña", "1994-12-12"},
	{"Tāne", "Parata", "1986-04-04"},
	{"Eleni", "Papadopoulou", "1961-11-23"},
	{"Samuel", "Nyong'o", "2000-06-18"},
	{"Hanna", "Lindqvist", "1983-01-09"},
	{"Jean-Luc", "Moreau", "1957-07-14"},
	{"Xochitl", "Hernández", "1997-03-20"},
	{"Petr", "Novák", "1970-10-05"},
	{"Aoife", "Brennan", "1991-09-30"},
	{"Kwame", "Mensah", "1978-02-02"},
	{"Ingeborg", "Haraldsdóttir", "1965-05-28"},
	{"Rafael", "Araújo", "1988-08-24"},
	{"Mei-Ling", "Chen", "1981-12-06"},
	{"Tova", "Ben-David", "1993-06-11"},
}
