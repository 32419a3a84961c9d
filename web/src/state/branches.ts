/* Of an answer that hangs on a fact: what it would be either way, and how to go on with one of them. */
import { computed } from '@preact/signals';

import type { Branch, Request } from '../engine/types';
import { answer } from './answer';
import { setRequest, work } from './work';

export const branches = computed<readonly Branch[]>(() => answer.value?.branches ?? []);

function requestWith(request: Request, branch: Pick<Branch, 'fact' | 'value'>): Request {
  const key = branch.fact.toLowerCase();
  if (key === 'aws:sourcevpce' && branch.value !== null) {
    const { from: _f, ...rest } = request;
    return { ...rest, via: branch.value };
  }
  if (key === 'aws:sourceip' && branch.value !== null) {
    const { via: _v, ...rest } = request;
    return { ...rest, from: branch.value.replace(/\/\d+$/, '') };
  }
  if (key === 'aws:sourcevpce' && branch.value === null && !request.from) {
    const { via: _v, ...rest } = request;
    return { ...rest, from: '203.0.113.9' };
  }
  return { ...request, context: { ...request.context, [branch.fact]: branch.value } };
}

export function useBranch(branch: Branch): void {
  setRequest(requestWith(work.value.request, branch), '');
}

