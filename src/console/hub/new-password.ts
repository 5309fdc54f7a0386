import { RbError } from '../../base/errors.ts';

/** NIST SP 800-63B, 5.1.1.2: at least eight characters, and no rules about which. */
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 1024;

/** @throws RbError `usage` for a password that is too short, or longer than any that can be typed */
export function checkNewPassword(password: string): void {
  const characters = Array.from(password).length;
  if (characters < LEAST_CHARACTERS || characters > MOST_CHARACTERS)
    throw new RbError(
      'usage',
      `A password has ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters; choose another.`,
    );
}
