mod clients;
mod hall;
mod servers;
