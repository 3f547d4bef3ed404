interface Page {
  /** Fresh for each page: the only script that may run carries it. */
  nonce: string;
  /** Where styles and fonts may come from. */
  source: string;
  locale: string;
  /** The address of a file of the bundle. */
  uri: (file: string) => string;
}

/** The webview's one page. It loads nothing from elsewhere, runs nothing inline and may connect nowhere. */
export const page = ({ nonce, source, locale, uri }: Page): string => `<!DOCTYPE html>
<html lang="${locale}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}; img-src ${source}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${uri('codicon.css')}">
    <link rel="stylesheet" href="${uri('panel.css')}">
  </head>
  <body>
    <script nonce="${nonce}" src="${uri('panel.js')}"></script>
  </body>
</html>
`;
