import { render } from 'preact';

import { App } from './parts/App';
import { listen } from './state/keys';
import { start } from './state/start';
import { language, t } from './strings';
import './style/tokens.css';
import './style/page.css';
import './style/answer.css';
import './style/parts.css';
import './style/print.css';
import './state/theme';

document.documentElement.lang = language;
document.title = `${t('page.title')}: ${t('page.tagline')}`;

if (typeof DecompressionStream === 'undefined' || typeof WebAssembly === 'undefined' || !('Worker' in window)) {
  document.body.textContent = t('page.old');
} else {
  listen();
  render(<App />, document.body);
  void start();
}

/* Nothing stays behind when the page is left and comes back from the browser's memory. */
addEventListener('pageshow', (event) => {
  if (event.persisted) {
    location.reload();
  }
});
