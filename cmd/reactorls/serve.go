package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/lsp"
)

// serveCommand makes the bare command the language server. --stdio is what many
// editors add; there is no other way to speak to it.
func serveCommand(root *cobra.Command) {
	var logFile, logLevel string
	root.Flags().Bool("stdio", true, "speak over standard input and output")
	root.Flags().StringVar(&logFile, "log-file", "", "also write the log to this `file`")
	root.Flags().StringVar(&logLevel, "log-level", "warn", "the least `level` that is logged: debug, info, warn or error")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		log, err := newLog(logFile, logLevel)
		if err != nil {
			return err
		}
		defer log.Sync() //nolint:errcheck // standard error cannot be synced
		if code := lsp.Serve(cmd.Context(), os.Stdin, os.Stdout, log, tools()); code != 0 {
			return exitCode(code)
		}
		return nil
	}
}

// tools are what the server's commands share with the command line's.
func tools() lsp.Tools {
	return lsp.Tools{
		Version: versionText(),
		Report: func(ctx context.Context, out *bytes.Buffer, format string, s *engine.Snapshot, w *engine.Workspace, r diagnostics.Result, o diagnostics.Options) error {
			write, err := reportWriter(format, "")
			if err != nil {
				return err
			}
			all, err := newReport(ctx, s, w, r, build{selection: o.Selection, platform: o.Platform})
			if err != nil {
				return err
			}
			return write(out, all)
		},
		Explain: func(subject string) (string, error) {
			var page strings.Builder
			err := explain(&page, subject)
			return page.String(), err
		},
		Recommend: recommendStep,
	}
}

// newLog writes to standard error, which editors show, and to a file on request.
func newLog(file, level string) (*zap.Logger, error) {
	least, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	c := zap.NewProductionConfig()
	c.Level = zap.NewAtomicLevelAt(least)
	c.Encoding = "console"
	c.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	c.DisableStacktrace = true
	if file != "" {
		c.OutputPaths = append(c.OutputPaths, file)
	}
	log, err := c.Build()
	if err != nil {
		return nil, fmt.Errorf("--log-file: %w", err)
	}
	return log, nil
}
