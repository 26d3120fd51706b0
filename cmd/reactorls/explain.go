package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"reactorls/diagnostics"
	"reactorls/engine/runtimes"
)

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE|RUNTIME|FEATURE",
		Short: "Explain a rule, a runtime, or a feature of one (tokio/net)",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return explain(os.Stdout, args[0]) },
	}
}

// explain writes what is known of a rule, a crate, or a feature.
func explain(out io.Writer, what string) error {
	if r := diagnostics.Find(what); r != nil {
		_, err := io.WriteString(out, r.Page)
		return err
	}
	crate, feature, isFeature := strings.Cut(what, "/")
	if isFeature {
		if page := diagnostics.FeaturePage(crate, feature); page != "" {
			_, err := io.WriteString(out, page)
			return err
		}
	} else if page := diagnostics.RuntimePage(what); page != "" {
		_, err := io.WriteString(out, page)
		return err
	} else if page := diagnostics.FeaturePage("tokio", what); page != "" {
		_, err := io.WriteString(out, page)
		return err
	}
	err := fmt.Errorf("%q is no rule, runtime or feature that is known", what)
	if near := diagnostics.Nearest(what, explainable()); near != "" {
		err = fmt.Errorf("%w; the nearest is %q", err, near)
	}
	return err
}

// explainable lists all that explain has a page for, but features.
func explainable() []string {
	var all []string
	for _, r := range diagnostics.Rules {
		all = append(all, r.Code)
	}
	for _, r := range runtimes.AllKnown() {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	return all
}
