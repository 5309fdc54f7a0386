/** Why a piece of work stands still: it can go on at once; when the window has room; when it is woken. */
export type Pause = 'again' | 'room' | 'wait';
export type Work = Generator<Pause, void>;

type Job = {
  readonly work: Work;
  readonly failed: (error: unknown) => void;
  state: 'ready' | 'room' | 'wait' | 'woken';
};

/** Makes the job go on that waits, or will; may be called at any time. */
export type Wake = () => void;

/** Pieces of work that take turns: each runs until it says why it can't go on. */
export class Coroutines {
  #ready: Job[] = [];
  #hungry: Job[] = [];
  #count = 0;

  /** Jobs that have not ended. */
  get count(): number {
    return this.#count;
  }

  /** Whether there are jobs that wait for room in the window: no new ones should be begun. */
  get isHungry(): boolean {
    return this.#hungry.length > 0;
  }

  /** @param failed is told what the work threw; if it throws itself, so does {@link step} */
  start(make: (wake: Wake) => Work, failed: (error: unknown) => void): void {
    const wake = (): void => {
      if (job.state === 'wait') {
        job.state = 'ready';
        this.#ready.push(job);
      } else if (job.state === 'ready') job.state = 'woken';
    };
    const job: Job = { work: make(wake), failed, state: 'ready' };
    this.#count++;
    this.#run(job);
  }

  /** Lets one job go on. @returns false if none can */
  step(): boolean {
    const job = this.#ready.shift();
    if (job === undefined) return false;
    this.#run(job);
    return true;
  }

  /** Something has arrived: those that wait for room may look again. */
  roomChanged(): void {
    for (const job of this.#hungry) {
      job.state = 'ready';
      this.#ready.push(job);
    }
    this.#hungry = [];
  }

  #run(job: Job): void {
    let next: IteratorResult<Pause, void>;
    try {
      next = job.work.next();
    } catch (error) {
      this.#count--;
      job.failed(error);
      return;
    }
    if (next.done === true) {
      this.#count--;
    } else if (next.value === 'room') {
      job.state = 'room';
      this.#hungry.push(job);
    } else if (next.value === 'wait' && job.state !== 'woken') {
      job.state = 'wait';
    } else {
      job.state = 'ready';
      this.#ready.push(job);
    }
  }
}
