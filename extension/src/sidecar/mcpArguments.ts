/** What another agent's tool server is started with: less than the user's own level where the folder is not trusted. */
export function mcpArguments(folder: string, level: string | null, trusted: boolean): string[] {
  return ['mcp', '--workspace', folder, '--level', trusted ? (level ?? 'read_only') : 'read_only'];
}
