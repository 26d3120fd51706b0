// Command reactorls is a language server for the async runtime choice in Rust
// projects, and the same knowledge as a command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of all commands.
const (
	exitClean  = 0 // nothing to report
	exitFound  = 1 // something at or above the level that --deny names
	exitFailed = 2 // the command could not do its work
)

// version is set when a release is linked; other builds say which commit they are
// of, where Go knows it.
var version = ""

func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0.1.0-dev+" + s.Value[:12]
		}
	}
	return "0.1.0-dev"
}

// versionFlag makes --version print the version alone. Cobra's own flag would print
// more, or link text/template, which costs a sixth of the binary: who looks methods
// up by name keeps every method of every type.
func versionFlag(root *cobra.Command) {
	wanted := root.Flags().BoolP("version", "v", false, "print the version")
	serve := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *wanted {
			fmt.Println("reactorls", versionText())
			return nil
		}
		return serve(cmd, args)
	}
}

// exitCode is an error that only carries the code to leave with.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func main() {
	// Counted but never touched, and so never resident: it spares small heaps most garbage
	// collections, which are half of what a small project costs.
	ballast := make([]byte, 32<<20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// rootCommand is the whole command line.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "reactorls",
		Short: "Says what is wrong with the async runtimes of a Rust project, and mends it",
		Long: `reactorls reads Cargo.toml, Cargo.lock and the Rust sources of a project and says
what is wrong with its async runtimes: abandoned ones, features that nothing
uses, features that are there only by luck. It never runs cargo or any code of
the project, and never opens a network connection.

Without a command it is a language server on standard input and output.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
	}
	serveCommand(root)
	versionFlag(root)
	root.AddCommand(checkCommand(), reportCommand(), compareCommand(), recommendCommand(), explainCommand())
	return root
}

// run executes the command line and gives the exit code.
func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCode(exitClean)
	switch {
	case err == nil:
	case errors.As(err, &code):
	default:
		fmt.Fprintln(os.Stderr, "reactorls:", err)
		code = exitFailed
	}
	return int(code)
}
