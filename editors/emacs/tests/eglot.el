;;; eglot.el --- the setup of editors/emacs.md in a real Emacs  -*- lexical-binding: t -*-
;; emacs -Q --batch -l eglot.el -f ert-run-tests-batch-and-exit, with reactorls on the PATH.

(require 'package)
;; Debian's packages, which -Q leaves out.
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'eglot)
(require 'ert)
(require 'flymake)
(setq eglot-sync-connect 20
      eglot-connect-timeout 30
      eglot-confirm-server-initiated-edits nil
      create-lockfiles nil
      make-backup-files nil)

(defun reactorls-wait (what condition)
  "Wait until CONDITION gives something, which is WHAT."
  (let ((end (+ (float-time) 30)) found)
    (while (and (not (setq found (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or found (error "Timed out waiting for %s" what))))

(defun reactorls-snippets ()
  "The Lisp that the page tells people to write, each piece as one form."
  (with-temp-buffer
    (insert-file-contents
     (expand-file-name "../../emacs.md" (file-name-directory (or load-file-name buffer-file-name))))
    (let (forms)
      (while (search-forward "```elisp\n" nil t)
        (let ((start (point)))
          (search-forward "\n```")
          (push (read (buffer-substring start (match-beginning 0))) forms)))
      (nreverse forms))))

(defvar reactorls-snippets (reactorls-snippets))
(eval (car reactorls-snippets))

(ert-deftest reactorls-page ()
  (should (= 3 (length reactorls-snippets))))

(ert-deftest reactorls-eglot ()
  (let* ((dir (file-name-as-directory (make-temp-file "reactorls" t)))
         (file (expand-file-name "Cargo.toml" dir)))
    (make-directory (expand-file-name "src" dir))
    (with-temp-file (expand-file-name "src/main.rs" dir)
      (insert "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() {}\n"))
    (with-temp-file file
      (insert "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n"
              "[dependencies]\ntokio = { version = \"1\", features = [\"rt\", \"macros\", \"fs\"] }\n"))
    (let ((default-directory dir))
      (call-process "git" nil nil nil "init" "-q")) ; what makes it a project
    (with-current-buffer (find-file-noselect file)
      (conf-toml-mode)
      (apply #'eglot (eglot--guess-contact))
      (let ((server (reactorls-wait "the server" #'eglot-current-server)))
        (should (equal "reactorls" (plist-get (eglot--server-info server) :name)))
        (flymake-mode 1)
        (reactorls-wait "the diagnostic" (lambda () (flymake-start) (flymake-diagnostics)))
        (let ((d (car (flymake-diagnostics))))
          (should (string-match-p "`fs`" (flymake-diagnostic-text d)))
          (should (equal "\"fs\"" (buffer-substring (flymake-diagnostic-beg d) (flymake-diagnostic-end d))))
          (goto-char (1+ (flymake-diagnostic-beg d))))
        (let* ((answer (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams)))
               (text (eglot--hover-info (plist-get answer :contents) (plist-get answer :range))))
          (should (string-match-p "fs" text)))
        ;; In batch nothing is called interactively, and idle timers do not run.
        (cl-letf (((symbol-function 'completing-read) (lambda (_prompt choices &rest _) (if (consp (car choices)) (caar choices) (car choices)))))
          (eglot-code-actions (point) (point) "quickfix" t))
        (should (string-match-p "features = \\[\"rt\", \"macros\"\\]" (buffer-string)))
        (eglot--signal-textDocument/didChange)
        (reactorls-wait "no diagnostics" (lambda () (flymake-start) (null (flymake-diagnostics))))
        (save-buffer)
        (eglot-shutdown server)
        (should-not (jsonrpc-running-p server))))))
