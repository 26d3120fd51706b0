package lsp

import (
	"context"
	"fmt"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// SetTrace has the server tell of each message and how long it took, or stop telling.
func (s *server) SetTrace(_ context.Context, p *protocol.SetTraceParams) error {
	s.traced.Store(p.Value == protocol.TraceValueMessages || p.Value == protocol.TraceValueVerbose)
	return nil
}

// trace tells a client that asked for it what was done.
func (s *server) trace(next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		if !s.traced.Load() {
			return next(ctx, req)
		}
		method, start := req.Method(), time.Now()
		result, err := next(ctx, req)
		message := fmt.Sprintf("%s took %s", method, time.Since(start).Round(time.Microsecond))
		if err != nil {
			message += ": " + err.Error()
		}
		s.client.LogTrace(s.ctx, &protocol.LogTraceParams{Message: message}) //nolint:errcheck // there is nobody to tell
		return result, err
	}
}
