// The console: one page on the SDK alone. It knows the graph and nothing of the platform behind it.

import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles.css';

createRoot(document.getElementById('root')!).render(<App />);
