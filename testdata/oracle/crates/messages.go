package crates

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// A Message is one diagnostic of rustc, as `cargo check --message-format=json` passes it on.
type Message struct {
	// Manifest is that of the package that was compiled, and Target what of it.
	Manifest string `json:"manifest_path"`
	Target   struct{ Kind []string }
	Message  Diagnostic
}

// A Diagnostic is what rustc says.
type Diagnostic struct {
	Message  string
	Level    string
	Rendered string
	Spans    []Span
}

// A Span is a place in a source file. Files are relative to the package, or absolute outside of it.
type Span struct {
	File      string `json:"file_name"`
	Start     int    `json:"byte_start"`
	End       int    `json:"byte_end"`
	Line      int    `json:"line_start"`
	Column    int    `json:"column_start"`
	IsPrimary bool   `json:"is_primary"`
	// Expansion is the macro call that the place comes from, if it does.
	Expansion *struct{ Span Span } `json:",omitempty"`
}

// Messages reads the diagnostics in cargo's output.
func Messages(out []byte) ([]Message, error) {
	var list []Message
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var m struct {
			Reason string
			Message
		}
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Reason == "compiler-message" {
			list = append(list, m.Message)
		}
	}
}

// Errors picks the errors from a list of messages.
func Errors(list []Message) []Diagnostic {
	var errors []Diagnostic
	for _, m := range list {
		if m.Message.Level == "error" && len(m.Message.Spans) > 0 {
			errors = append(errors, m.Message)
		}
	}
	return errors
}
