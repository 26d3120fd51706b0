package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"reactorls/diagnostics"
	"reactorls/engine/runtimes"
)

func compareCommand() *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "compare RUNTIME…",
		Short: "Compare runtimes, such as tokio, tokio-current-thread, smol and embassy",
		Long: `Compare runtimes: scheduler, reactor, blocking work, threads, tasks that are not
Send, no_std, licence, Rust version, last release, advisories and what to use
else. Each value of the JSON form carries its source and date.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error { return compare(os.Stdout, format, names) },
	}
	cmd.Flags().StringVar(&format, "format", "human", "how to write: human, md or json")
	return cmd
}

// compare writes what the cards of these names say of the same things.
func compare(out io.Writer, format string, names []string) error {
	var cards []*runtimes.Card
	var unknown []error
	for _, name := range names {
		card := runtimes.FindCard(name)
		if card == nil {
			err := fmt.Errorf("%q is no runtime that is compared", name)
			if near := diagnostics.Nearest(name, runtimes.CardNames()); near != "" {
				err = fmt.Errorf("%w; the nearest is %q", err, near)
			}
			unknown = append(unknown, err)
		}
		cards = append(cards, card)
	}
	if len(unknown) > 0 {
		return errors.Join(unknown...)
	}
	c := runtimes.Compare(cards...)
	text := ""
	switch format {
	case "human":
		text = c.Text(terminalWidth(out))
	case "md":
		text = c.Markdown()
	case "json":
		return encode(out, jsonComparisonOf(c))
	default:
		return fmt.Errorf("--format: unknown format %q: human, md or json", format)
	}
	_, err := io.WriteString(out, text)
	return err
}

// terminalWidth is how many columns a terminal has; a writer that is none is taken
// to have enough.
func terminalWidth(out io.Writer) int {
	const enough = 120
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return cmp.Or(width, enough)
		}
	}
	return enough
}

// The types below are the public contract of compare --format json;
// compare.schema.json describes them.

type jsonComparison struct {
	Version int        `json:"version"`
	Cards   []jsonCard `json:"cards"`
}

type jsonCard struct {
	Name     string               `json:"name"`
	Title    string               `json:"title"`
	Crate    string               `json:"crate"`
	Features []string             `json:"features"`
	Read     string               `json:"read"`
	Values   map[string]jsonValue `json:"values"`
}

type jsonValue struct {
	Is     string `json:"is"`
	Source string `json:"source"`
	Date   string `json:"date,omitempty"`
}

func jsonComparisonOf(c runtimes.Comparison) jsonComparison {
	j := jsonComparison{Version: jsonVersion}
	for i, card := range c.Cards {
		values := map[string]jsonValue{}
		for _, r := range c.Rows {
			if v := r.Cells[i]; v.Is != "" {
				values[r.Key] = jsonValue(v)
			}
		}
		j.Cards = append(j.Cards, jsonCard{
			Name: card.Name, Title: card.Title, Crate: card.Crate, Features: list(card.Features), Read: card.Read, Values: values,
		})
	}
	return j
}
