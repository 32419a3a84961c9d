// What is measured inside a page. Each function runs in the browser and must not refer to anything outside itself.

/** Landmarks, headings, names and ids: what is wrong with them, as a list. */
export function structure() {
  const wrong = [];
  const one = (selector) => {
    const n = document.querySelectorAll(selector).length;
    if (n !== 1) wrong.push(`${n} of ${selector}`);
  };
  ['h1', 'header', 'main', 'footer', 'title', 'script', 'style', 'meta[http-equiv]'].forEach(one);
  if (document.documentElement.lang !== 'en') wrong.push('no lang');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) wrong.push('ids twice');
  for (const e of document.querySelectorAll('[aria-labelledby]')) {
    const label = document.getElementById(e.getAttribute('aria-labelledby'));
    if (!label || !label.textContent.trim()) wrong.push(`no label: ${e.outerHTML.slice(0, 60)}`);
  }
  for (const e of document.querySelectorAll('section')) {
    if (!e.querySelector('h2')) wrong.push('section without h2');
  }
  for (const e of document.querySelectorAll('table')) {
    if (!e.caption || !e.querySelector('th[scope=row]')) wrong.push('table without caption or row headings');
  }
  for (const e of document.querySelectorAll('button')) {
    if (!e.getAttribute('aria-label') || !document.getElementById(e.dataset.copy)) wrong.push('button of nothing');
  }
  for (const e of document.querySelectorAll('*')) {
    if ([...e.attributes].some((a) => /^on|^style$/i.test(a.name))) wrong.push(`attribute: ${e.outerHTML.slice(0, 60)}`);
  }
  if (document.querySelector('img, iframe, object, embed, link, form, base')) wrong.push('an element that has no business here');
  return wrong;
}

/** Texts whose contrast with what is behind them is below 4.5 : 1. */
export function contrast() {
  const parse = (s) => {
    const m = s.match(/rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)/);
    return m ? { rgb: m.slice(1, 4).map(Number), alpha: m[4] === undefined ? 1 : Number(m[4]) } : null;
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const box = e.closest('g')?.querySelector('.box');
    const fill = box && parse(getComputedStyle(box).fill);
    if (fill && fill.alpha === 1) return fill.rgb;
    for (let at = e; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c && c.alpha === 1) return c.rgb;
    }
    return [255, 255, 255];
  };
  const wrong = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || e.closest('script, .away, .skip')) continue;
    const style = getComputedStyle(e);
    const ink = parse(e.closest('svg') ? style.fill : style.color);
    const [light, dark] = [luminance(ink.rgb), luminance(behind(e))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) wrong.push(`${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`);
  }
  return wrong;
}

/** The text of the marks of one blame, per figure of the section Why. */
export function marked() {
  return [...document.querySelectorAll('#why figure.source')].map((figure) => {
    const texts = {};
    for (const m of figure.querySelectorAll('mark')) {
      texts[m.dataset.blame] = (texts[m.dataset.blame] ?? '') + m.textContent;
    }
    return texts;
  });
}
