import type { ChecklistItem, RunEvent } from '../generated/contracts';
import type { ChecklistView } from './state';
import { plain } from './text';

/** The checklist after an event. No event names an item, so it follows from the files it names; one without files waits for the tests. */
export function nextItems(items: readonly ChecklistView[], event: RunEvent): readonly ChecklistView[] {
  switch (event.kind) {
    case 'votes_tallied':
      return event.checklist.map(begun);
    case 'patch_applied': {
      const written = new Set(event.files.map((file) => file.path));
      return items.map((item) => (item.files.some((file) => written.has(file)) ? { ...item, state: 'done' } : item));
    }
    case 'tests_finished': {
      const { outcome } = event.result;
      if (event.attempt === 0 || outcome === 'not_run') {
        return items;
      }
      return items.map((item) => (item.files.length === 0 ? { ...item, state: outcome === 'passed' ? 'done' : 'failed' } : item));
    }
    case 'rolled_back':
      return items.map((item) => (item.files.length > 0 ? { ...item, state: 'failed' } : item));
    default:
      return items;
  }
}

const begun = ({ id, text, files, check }: ChecklistItem): ChecklistView => ({
  id,
  text: plain(text),
  files: files ?? [],
  check: plain(check ?? ''),
  state: 'open',
});
