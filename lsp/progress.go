package lsp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// works are what is under way and may be cancelled, by the token that the client knows
// it by.
type works struct {
	mu     sync.Mutex
	cancel map[protocol.ProgressToken]context.CancelFunc
	last   int
}

// working shows that something is under way, under the token that the client gave, if
// it gave one. The context ends when the client cancels it, or done is called.
func (s *server) working(ctx context.Context, token protocol.ProgressToken, title string) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	if token == nil {
		return ctx, cancel
	}
	s.begin(token, title, cancel)
	return ctx, func() {
		s.end(token)
		cancel()
	}
}

// patientWork is how long work takes before it is worth showing.
const patientWork = 500 * time.Millisecond

// showing is as working, for work that nobody asked for: it is shown only when it takes
// long, to a client that can show it.
func (s *server) showing(ctx context.Context, title string) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	if !s.caps.progress {
		return ctx, cancel
	}
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(patientWork):
		}
		s.works.mu.Lock()
		s.works.last++
		token := protocol.String(fmt.Sprintf("reactorls-%d", s.works.last))
		s.works.mu.Unlock()
		const patience = 30 * time.Second
		asking, stop := context.WithTimeout(s.ctx, patience)
		defer stop()
		if err := s.client.WorkDoneProgressCreate(asking, &protocol.WorkDoneProgressCreateParams{Token: token}); err != nil {
			s.log.Warn("the client shows no progress", zap.Error(err))
			return
		}
		s.begin(token, title, cancel)
		<-ctx.Done()
		s.end(token)
	}()
	return ctx, cancel
}

func (s *server) begin(token protocol.ProgressToken, title string, cancel context.CancelFunc) {
	s.works.mu.Lock()
	if s.works.cancel == nil {
		s.works.cancel = map[protocol.ProgressToken]context.CancelFunc{}
	}
	s.works.cancel[token] = cancel
	s.works.mu.Unlock()
	cancellable := true
	s.progress(token, &protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: &cancellable})
}

func (s *server) end(token protocol.ProgressToken) {
	s.works.mu.Lock()
	delete(s.works.cancel, token)
	s.works.mu.Unlock()
	s.progress(token, &protocol.WorkDoneProgressEnd{Kind: "end"})
}

func (s *server) progress(token protocol.ProgressToken, value any) {
	raw, err := protocol.Marshal(value)
	if err == nil {
		err = s.client.Progress(s.ctx, &protocol.ProgressParams{Token: token, Value: raw})
	}
	if err != nil && s.ctx.Err() == nil {
		s.log.Warn("progress", zap.Error(err))
	}
}

// WorkDoneProgressCancel ends what is under way.
func (s *server) WorkDoneProgressCancel(_ context.Context, p *protocol.WorkDoneProgressCancelParams) error {
	s.works.mu.Lock()
	defer s.works.mu.Unlock()
	if cancel := s.works.cancel[p.Token]; cancel != nil {
		cancel()
	}
	return nil
}
