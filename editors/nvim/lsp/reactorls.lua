---@brief
---
--- Language server for the async runtimes of Rust projects.
---
--- With this directory on 'runtimepath', `vim.lsp.enable('reactorls')` starts it for
--- Cargo.toml and Rust files, beside rust-analyzer and any server for TOML.

-- Files below cargo's own directories are not the person's to mend.
local function foreign(path)
  local cargo = vim.env.CARGO_HOME or vim.fs.joinpath(vim.env.HOME or '', '.cargo')
  local rustup = vim.env.RUSTUP_HOME or vim.fs.joinpath(vim.env.HOME or '', '.rustup')
  return vim.startswith(path, cargo .. '/') or vim.startswith(path, rustup .. '/')
end

---@type vim.lsp.Config
return {
  cmd = { 'reactorls' },
  filetypes = { 'rust', 'toml' },
  -- One server for a workspace: a Cargo.lock lies at its root.
  root_dir = function(bufnr, on_dir)
    local path = vim.api.nvim_buf_get_name(bufnr)
    if vim.bo[bufnr].filetype == 'toml' and vim.fs.basename(path) ~= 'Cargo.toml' then
      return -- not ours
    end
    if foreign(path) then
      return
    end
    local root = vim.fs.root(bufnr, 'Cargo.lock') or vim.fs.root(bufnr, 'Cargo.toml')
    if root then
      on_dir(root)
    end
  end,
  -- Neovim offers no watching on Linux unless it is told to.
  capabilities = { workspace = { didChangeWatchedFiles = { dynamicRegistration = true } } },
}
