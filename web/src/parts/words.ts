/* Names of layers, verdicts and documents, and their icons. */
import type { Decision, Say } from '../engine/types';
import type { Doc } from '../state/documents';
import { named, t } from '../strings';
import type { IconName } from './bits';

export const ICON_OF: Record<Say, IconName> = {
  allow: 'yes',
  'no-allow': 'dash',
  deny: 'no',
  unknown: 'ask',
  'not-applicable': 'dash',
  'not-given': 'ring',
};

export const ICON_OF_DECISION: Record<Decision, IconName> = { allowed: 'yes', denied: 'no', undetermined: 'ask' };

export const layerName = (layer: string): string => named('layer', layer);

export const wordOf = (say: Say): string => named('word', say);

/** Whose document it is, from its place in the snapshot. */
export function ownerOf(path: string): string | null {
  const bucket = /\/s3\/([^/]+)\/policy\.json$/.exec(path);
  const point = /\/access-points\/[^/]+\/([^/]+)\.json$/.exec(path);
  const key = /\/kms\/[^/]+\/([^/]+)\.json$/.exec(path);
  return (bucket ?? point ?? key)?.[1] ?? null;
}

export function titleOf(doc: Pick<Doc, 'path' | 'layer' | 'name'>): string {
  const given = /^policies\.([a-z_]+)/.exec(doc.path)?.[1];
  if (given) {
    return named('kind', given);
  }
  const layer = layerName(doc.layer);
  const owner = ownerOf(doc.path);
  const name = doc.name ?? /^AWS managed policy (.+)$/.exec(doc.path)?.[1] ?? null;
  return owner ? t('docs.of', { layer, name: owner }) : name ? t('docs.named', { layer, name }) : layer;
}
