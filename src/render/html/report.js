// Copy buttons and filters: they appear when this runs, so that a page without scripts has none that do nothing.
(() => {
  const said = document.getElementById('said');
  const byHand = (text) => {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'away';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byHand(text);
    }
  };
  for (const button of document.querySelectorAll('button[data-copy]')) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const done = await copy(document.getElementById(button.dataset.copy).textContent);
      button.textContent = done ? 'Copied' : 'Select it';
      said.textContent = done ? 'Copied to the clipboard' : 'The browser does not let this page copy';
      button.focus();
      setTimeout(() => {
        button.textContent = label;
        said.textContent = '';
      }, 2000);
    });
  }
  for (const table of document.querySelectorAll('table[data-filter]')) {
    const field = document.createElement('input');
    field.type = 'search';
    field.className = 'filter';
    field.placeholder = 'Filter';
    field.setAttribute('aria-label', 'Show only rows that contain');
    field.addEventListener('input', () => {
      const wanted = field.value.toLowerCase();
      for (const row of table.tBodies[0].rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      }
    });
    table.before(field);
  }
})();
