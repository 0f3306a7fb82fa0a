// Command rapport is the whole program: it reads flags and the environment and
// wires the packages together. Nothing else touches the clock, randomness or the
// environment.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version is set by the linker; a plain "go build" leaves it to the build's own
// record.
var version string

// program is the command line. A flag may also be given as RAPPORT_ and its
// name in capitals.
type program struct {
	Serve     serveCommand     `cmd:"" help:"Serve the API and the portal."`
	Demo      demoCommand      `cmd:"" help:"Serve a believable demo network and print how to sign in."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database schema up to date."`
	Practice  practiceCommand  `cmd:"" help:"Make, list, suspend and resume practices."`
	Operator  operatorCommand  `cmd:"" help:"Make somebody who runs the server."`
	User      userCommand      `cmd:"" help:"Look after people who sign in."`
	Backup    backupCommand    `cmd:"" help:"Copy a SQLite database while it is in use."`
	Restore   restoreCommand   `cmd:"" help:"Put a backup in the database's place and verify it."`
	Verify    verifyCommand    `cmd:"" help:"Check the audit chain, hashes and visit counters."`
	Audit     auditCommand     `cmd:"" help:"Sign where the audit trails end."`
	Import    importCommand    `cmd:"" help:"Take public files into the directory."`
	Calibrate calibrateCommand `cmd:"" help:"Fit the still-referring model and print its parameters."`
	Keys      keysCommand      `cmd:"" help:"Rotate the keys that seal clinical words."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run carries out one command line and returns the exit status: 0 done, 1
// failed, 2 not understood.
func run(args []string, in io.Reader, out, complaints io.Writer) int {
	var p program
	exit := -1
	parser, err := kong.New(&p,
		kong.Name("rapport"),
		kong.Description("An interprofessional referral network server."),
		kong.DefaultEnvars("RAPPORT"),
		kong.Writers(out, complaints),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(out, (*io.Writer)(nil)),
		kong.BindTo(in, (*io.Reader)(nil)),
		kong.Bind(aside{complaints}),
	)
	if err != nil {
		fmt.Fprintln(complaints, "rapport:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help was shown
		return exit
	}
	if err != nil {
		fmt.Fprintln(complaints, "rapport:", err)
		return 2
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(complaints, "rapport:", err)
		return 1
	}
	return 0
}

type versionCommand struct{}

func (versionCommand) Run(out io.Writer) error {
	v := version
	if v == "" {
		v = "dev"
		if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" && build.Main.Version != "(devel)" {
			v = build.Main.Version
		}
	}
	_, err := fmt.Fprintln(out, "rapport", v)
	return err
}
