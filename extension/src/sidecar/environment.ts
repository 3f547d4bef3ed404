// What the sidecar inherits. The extension host's own variables (VSCODE_*, ELECTRON_*, NODE_OPTIONS) would change what its tools do.
const exact = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'USERNAME',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  'JAVA_HOME',
  'GOPATH',
  'GOROOT',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'NVM_DIR',
  'PYENV_ROOT',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NUGET_PACKAGES',
  'OPENAI_BASE_URL',
  'OPENAI_API_KEY',
]);
const prefixes = ['LC_', 'XDG_', 'DOTNET_', 'CODEX_SIDECAR_'];

export type Environment = Readonly<Record<string, string | undefined>>;

export function sidecarEnvironment(host: Environment, added: Environment = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (exact.has(upper) || prefixes.some((prefix) => upper.startsWith(prefix)))) {
      kept[name] = value;
    }
  }
  for (const [name, value] of Object.entries(added)) {
    if (value !== undefined && value !== '') {
      kept[name] = value;
    }
  }
  return kept;
}
