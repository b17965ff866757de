import type { Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import type { Answer, Question } from './gateway.ts';
import type { Person } from './person.ts';

/** Longer than it takes until everything that was killed is back. */
const PATIENCE_MS = 120_000;

/** A session driven over the gateway by somebody who asks again until it works. */
export class PersistentSession {
  readonly #person: Person;
  #sessionId: string | undefined;

  constructor(person: Person) {
    this.#person = person;
  }

  get id(): string {
    return this.#sessionId ?? 'none yet';
  }

  /** Creates it and waits until it takes bytes. */
  async begin(body: { name: string } & Record<string, unknown>): Promise<void> {
    const created = await this.sure({ method: 'POST', path: '', body });
    this.#sessionId = (created.json as Session).session_id;
    await this.sure({ method: 'POST', path: `/${this.id}/start` });
    await this.reaches('recording');
  }

  /** Stops it and waits until it is anchored. */
  async finish(): Promise<void> {
    await this.sure({ method: 'POST', path: `/${this.id}/stop` });
    await this.reaches('completed');
  }

  reaches(status: Session['status']): Promise<unknown> {
    const is = async () => (await this.#person.get<Session>(`/sessions/${this.id}`)).status === status;
    return eventually(`session ${this.id} is ${status}`, is, { timeoutMs: PATIENCE_MS, pauseMs: 200 });
  }

  /** Asks below this session once. @returns undefined when nobody knows what became of it */
  ask(question: Question): Promise<Answer | undefined> {
    const path = `/api/v1/sessions/${this.id}${question.path}`;
    return this.#person.ask({ ...question, path }).catch(() => undefined); // cut off
  }

  /** Asks below `/sessions` until it works. */
  sure(question: Question): Promise<Answer> {
    const once = async () => {
      const answer = await this.#person.ask({ ...question, path: `/api/v1/sessions${question.path}` });
      return answer.status < 300 ? answer : undefined;
    };
    const what = `${question.method ?? 'GET'} ${question.path}`;
    return eventually(what, once, { timeoutMs: PATIENCE_MS, pauseMs: 100 });
  }
}
