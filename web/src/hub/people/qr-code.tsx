import { correction, generate } from 'lean-qr';
import { useMemo } from 'preact/hooks';

/** As readers expect it round the code. */
const QUIET_MODULES = 4;

/** A text as a QR code: dark on white in both themes, or readers would not find it. Null if it is too long for one. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const code = useMemo(() => {
    try {
      return draw(text);
    } catch {
      return null;
    }
  }, [text]);
  if (code === null) return null;
  const size = code.size + 2 * QUIET_MODULES;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-QUIET_MODULES} ${-QUIET_MODULES} ${size} ${size}`}
      class="aspect-square w-full max-w-64 rounded-xl border border-line"
      shape-rendering="crispEdges"
    >
      <rect x={-QUIET_MODULES} y={-QUIET_MODULES} width={size} height={size} fill="#fff" />
      <path d={code.path} fill="#101514" />
    </svg>
  );
}

function draw(text: string): { readonly size: number; readonly path: string } {
  const bitmap = generate(text, { minCorrectionLevel: correction.L });
  let path = '';
  for (let y = 0; y < bitmap.size; y++) {
    for (let x = 0; x < bitmap.size; x++) {
      if (bitmap.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  return { size: bitmap.size, path };
}
