import type { JSX } from 'preact';

import { groups, type Example } from '../examples';
import { openExampleAccount } from '../state/dialogs';
import { openCase, paste } from '../state/session';
import { begin, work } from '../state/work';
import { t } from '../strings';

async function open(example: Example): Promise<void> {
  if (example.account) {
    await paste(example.paste ?? '');
    begin({ ...work.value, request: { ...work.value.request, ...example.request } });
    await openExampleAccount();
    return;
  }
  const { default: cases } = await import('virtual:example-cases');
  const found = cases.find((c) => c.case === example.case);
  if (found) {
    await openCase({ ...found, name: example.title });
  }
}

export function Examples(): JSX.Element {
  return (
    <section class="examples" aria-labelledby="examples-heading" data-region id="examples">
      <h2 id="examples-heading">{t('examples.heading')}</h2>
      <div class="shelves">
        {groups.map((group) => (
          <div key={group.title}>
            <h3>{t(group.title)}</h3>
            <ul>
              {group.examples.map((example) => (
                <li key={example.name}>
                  <button type="button" class="example" data-example={example.name} onClick={() => void open(example)}>
                    <span>{example.title}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
