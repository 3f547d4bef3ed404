import { html, render } from 'lit';

render(html`<main></main>`, document.body);
