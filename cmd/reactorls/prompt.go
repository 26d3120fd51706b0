package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"reactorls/engine/advise"
)

// prompt asks questions line by line.
type prompt struct {
	in  *bufio.Scanner
	out io.Writer
}

// errNoAnswer tells that the input ended before all was answered.
var errNoAnswer = errors.New("no more answers")

// ask shows a question with its choices, and reads until one is chosen: by number, by
// value, or by an empty line for the default.
func (p prompt) ask(q *advise.Question, byDefault string) ([]string, error) {
	fmt.Fprintf(p.out, "\n%s\n", q.Title)
	for i, c := range q.Choices {
		line := c.Label
		if c.Detail != "" {
			line += " (" + c.Detail + ")"
		}
		fmt.Fprintf(p.out, "  %d  %s: %s\n", i+1, c.Value, line)
	}
	hint := ""
	if q.Free != "" {
		hint += ", or a " + q.Free
	}
	if q.Many {
		hint += "; several with commas"
	}
	for {
		fmt.Fprintf(p.out, "number or name%s [%s]: ", hint, byDefault)
		if !p.in.Scan() {
			return nil, errNoAnswer
		}
		values, err := q.Parse(p.chosen(q, p.in.Text(), byDefault))
		if err == nil {
			return values, nil
		}
		fmt.Fprintln(p.out, withNearest(err))
	}
}

// chosen turns the numbers of choices in a line into their values.
func (p prompt) chosen(q *advise.Question, line, byDefault string) []string {
	if strings.TrimSpace(line) == "" {
		return []string{byDefault}
	}
	parts := strings.Split(line, ",")
	if !q.Many {
		parts = []string{line}
	}
	for i, part := range parts {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil && n >= 1 && n <= len(q.Choices) {
			parts[i] = q.Choices[n-1].Value
		}
	}
	return parts
}
