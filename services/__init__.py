"""The three services of a ward cell and the chassis they run on."""
